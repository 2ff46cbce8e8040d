#!/usr/bin/env node
// A few words of S3, without a client: there may be no curl on this machine.
//   s3.mjs put URL [BODY [HEADER=VALUE]...]
//   s3.mjs expect URL BODY [HEADER=VALUE]...   fails unless the object has all of them
//   s3.mjs keys URL                            prints the keys in a bucket, one a line
//   s3.mjs delete URL                          a bucket with all that is in it
// Whatever is not answered with 2xx is printed with its body, and is exit 22.
const [verb, url, body = '', ...rest] = process.argv.slice(2);
const headers = rest.map((header) => header.split(/=(.*)/s, 2));

switch (verb) {
  case 'put':
    await request('PUT', { body, headers });
    break;
  case 'expect': {
    const response = await request('GET');
    same('body', body, await response.text());
    for (const [name, value] of headers) same(name, value, response.headers.get(name));
    break;
  }
  case 'keys':
    for (const key of await keys()) console.log(key);
    break;
  case 'delete':
    for (const key of await keys()) await request('DELETE', {}, `${url}/${key}`);
    await request('DELETE');
    break;
  default:
    throw new Error(`s3.mjs does not know "${verb}"`);
}

async function keys() {
  const listed = await (await request('GET')).text();
  return [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
}

async function request(method, options = {}, at = url) {
  try {
    const response = await fetch(at, { method, ...options });
    if (response.ok) return response;
    console.error(`${method} ${at} answered ${response.status} ${response.statusText}`);
    console.error(await response.text());
  } catch (error) {
    console.error(`${method} ${at}: ${error.cause?.message ?? error.message}`);
  }
  process.exit(22);
}

function same(what, expected, found) {
  if (found === expected) return;
  console.error(`GET ${url}: its ${what} was "${expected}" and is ${found === null ? 'gone' : `"${found}"`}`);
  process.exitCode = 1;
}
