#!/usr/bin/env node
// s3rver 2 keeps an object in a directory of its name; s3rver 3 keeps files side by side, and describes them in other
// words. It does not convert: on old data it comes up healthy and empty. So this hook does, in JavaScript for a
// change: a hook is any program.
import { readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(process.env.DATA_DIR, 's3rver');
const contents = readdirSync(root, { recursive: true }).filter((path) => path.endsWith('/.dummys3_content'));

for (const content of contents) {
  const object = join(root, dirname(content));
  const parts = join(object, '.dummys3_');

  renameSync(`${parts}content`, `${object}._S3rver_object`);
  renameSync(`${parts}content.md5`, `${object}._S3rver_object.md5`);
  const metadata = JSON.parse(readFileSync(`${parts}metadata`, 'utf8'));
  writeFileSync(`${object}._S3rver_metadata.json`, JSON.stringify(convert(metadata), null, 2));
  rmSync(`${parts}metadata`);
  removeIfEmpty(object);
}
console.log(`converted ${contents.length} objects`);

// { contentType: 'text/plain', customMetaData: [['colour', 'green']] } → { 'content-type': …, 'x-amz-meta-colour': … }
function convert({ customMetaData = [], websiteRedirectLocation, ...headers }) {
  return {
    ...mapKeys(headers, (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)),
    ...(websiteRedirectLocation && { 'x-amz-website-redirect-location': websiteRedirectLocation }),
    ...mapKeys(Object.fromEntries(customMetaData), (name) => `x-amz-meta-${name}`),
  };
}

function mapKeys(object, rename) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
}

// With the keys `a` and `a/b`, the directory of `a` is still that of `b`.
function removeIfEmpty(directory) {
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}
