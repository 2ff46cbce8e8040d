// Gathers the files of release one into the one file of release two.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const [dir] = process.argv.slice(2);
const files = readdirSync(dir).filter((file) => file.endsWith('.txt'));
const notes = Object.fromEntries(
  files.map((file) => [decodeURIComponent(file.slice(0, -'.txt'.length)), readFileSync(`${dir}/${file}`, 'utf8')]),
);
writeFileSync(`${dir}/notes.json`, JSON.stringify(notes));
for (const file of files) rmSync(`${dir}/${file}`);
console.log(`moved ${files.length} notes into notes.json`);
