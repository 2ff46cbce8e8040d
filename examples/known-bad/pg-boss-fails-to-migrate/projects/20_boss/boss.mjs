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

switch (process.argv[2]) {
  case 'work':
    console.log(`pg-boss ${require('pg-boss/package.json').version} is at work`);
    break;
  case 'send':
    await boss.send('letters', {}, { startAfter: '1 hour' });
    process.exit();
  case 'count':
    console.log(await boss.getQueueSize('letters'));
    process.exit();
}
