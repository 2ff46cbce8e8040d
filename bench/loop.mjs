// The yardstick of `overhead`: a process that does nothing but spawn programs one after the other, and prints how long
// that took in milliseconds. It reads a list of programs with their arguments from the JSON file that it is given.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const calls = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const began = performance.now();
for (const [program, ...args] of calls) {
  await new Promise((resolve) => spawn(program, args, { stdio: 'ignore' }).once('exit', resolve));
}
console.log(performance.now() - began);
