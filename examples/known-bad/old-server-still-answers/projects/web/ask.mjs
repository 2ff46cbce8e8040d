// node ask.mjs URL: prints what it answers.
process.stdout.write(await (await fetch(process.argv[2])).text());
