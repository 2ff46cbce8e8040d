// node boss.mjs work | send | count
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.RELEASE_DIR}/`);
const PgBoss = require('pg-boss');
const boss = new PgBoss(process.env.DATABASE_URL);
boss.on('error', console.error);

try {
  await boss.start(); // first brings its tables up to date
} catch (error) {
  console.error(`pg-boss could not start: ${error.message}`);
  process.exit(1);
}

const [verb] = process.argv.slice(2);
if (verb === 'work') {
  console.log(`pg-boss ${require('pg-boss/package.json').version} is at work`);
} else {
  if (verb === 'send') await boss.send('letters', {}, { startAfter: '1 hour' });
  if (verb === 'count') console.log(await boss.getQueueSize('letters'));
  process.exit();
}
