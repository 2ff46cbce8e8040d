// Bundles the five programs of dist/ and the code of the page, and writes the types that a TypeScript project imports.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
// Built beside the old one and then put in its place: what runs from `dist/` meanwhile, or a build that fails, loses nothing.
const next = 'dist.next';
rmSync(next, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: {
    cli: 'src/cli/main.ts',
    shell: 'src/services/shell.ts',
    host: 'src/project/host.ts',
    sampler: 'src/probes/sampler.ts',
    index: 'src/index.ts',
  },
  outdir: next,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // What every start needs is bundled: read from one file, yaml and valibot load in a fifth of the time.
  // What is rarely needed, or brings programs of its own, stays outside.
  external: ['pg', 'mysql2', 'jiti', 'log-update', 'tinyglobby', 'fast-xml-builder'],
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});

// What report.html holds: code for browsers, in one script and one style sheet.
const page = await build({
  entryPoints: { page: 'web/main.tsx', style: 'web/page.css' },
  outdir: `${next}/page`,
  bundle: true,
  minify: true,
  banner: { js: '/* holds preact: MIT License, Copyright (c) 2015-present Jason Miller */' },
  format: 'iife',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  tsconfig: 'web/tsconfig.json',
  metafile: true,
  logLevel: 'warning',
});
renameSync(`${next}/page/style.css`, `${next}/page/page.css`);

// Whoever gets the bundle gets the licences of what is in it.
const bundled = new Set(
  [...Object.keys(metafile.inputs), ...Object.keys(page.metafile.inputs)].flatMap(
    (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  ),
);
const licences = [...bundled].sort().map((name) => {
  const file = readdirSync(`node_modules/${name}`).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} is bundled and has no licence file`);
  return `${name}\n\n${readFileSync(`node_modules/${name}/${file}`, 'utf8').trim()}\n`;
});
writeFileSync(`${next}/THIRD-PARTY-LICENCES.txt`, licences.join(`\n${'-'.repeat(80)}\n\n`));

if (!process.argv.includes('--no-types')) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', `${next}/types`], { stdio: 'inherit' });
}
rmSync('dist', { recursive: true, force: true });
renameSync(next, 'dist');
