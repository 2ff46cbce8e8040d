// node sql.mjs STATEMENTS, or without them on standard input: runs them as one transaction and prints
// the rows, values separated by tabs. There may be no psql on this machine; the client is the release's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { Client } = createRequire(`${process.env.RELEASE_DIR}/`)('pg');
const asText = { getTypeParser: () => (value) => value };

// A server that has only just started listens before it answers, and says so (57P03).
async function connect(until = Date.now() + 30_000) {
  const client = new Client({ connectionString: process.env.DATABASE_URL, types: asText });
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (error.code !== '57P03' || Date.now() > until) throw error;
    await sleep(50);
    return connect(until);
  }
}

try {
  const client = await connect();
  const results = await client.query({ text: process.argv[2] ?? readFileSync(0, 'utf8'), rowMode: 'array' });
  for (const { rows } of [results].flat()) for (const row of rows) console.log(row.join('\t'));
  await client.end();
} catch (error) {
  console.error(`PostgreSQL: ${error.message || error.code}`);
  process.exit(1);
}
