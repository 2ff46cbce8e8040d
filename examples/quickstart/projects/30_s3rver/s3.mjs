// A few words of S3, without a client: there may be no curl on this machine.
//   node s3.mjs put URL [BODY [HEADER=VALUE]...]
//   node s3.mjs get URL              prints the body
//   node s3.mjs header URL HEADER    prints one header
//   node s3.mjs keys URL             prints the keys in a bucket, one a line
//   node s3.mjs delete URL
// Whatever is not answered with 2xx is printed with its body, and is exit 22.
const [verb, url, ...rest] = process.argv.slice(2);

switch (verb) {
  case 'put': {
    const [body = '', ...headers] = rest;
    await request('PUT', { body, headers: headers.map((header) => header.split(/=(.*)/s, 2)) });
    break;
  }
  case 'get':
    process.stdout.write(await (await request('GET')).text());
    break;
  case 'header':
    console.log((await request('HEAD')).headers.get(rest[0]) ?? '');
    break;
  case 'keys':
    for (const [, key] of (await (await request('GET')).text()).matchAll(/<Key>(.*?)<\/Key>/g)) console.log(key);
    break;
  case 'delete':
    await request('DELETE');
    break;
  default:
    throw new Error(`s3.mjs does not know "${verb}"`);
}

async function request(method, options = {}) {
  try {
    const response = await fetch(url, { method, ...options });
    if (response.ok) return response;
    console.error(`${method} ${url} answered ${response.status} ${response.statusText}`);
    console.error(await response.text());
  } catch (error) {
    console.error(`${method} ${url}: ${error.cause?.message ?? error.message}`);
  }
  process.exit(22);
}
