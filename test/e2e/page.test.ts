import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeGiantRun } from '../../bench/giant.js';
import { foldRun } from '../../src/journal/fold.js';
import { readJournal } from '../../src/journal/journal.js';
import { writePage } from '../../src/report/page/page.js';
import { tailOf } from '../../src/report/tail.js';
import { CHROMIUM, launchBrowser } from './browser.js';
import { Rig, withFunctions } from './rig.js';

// A run that fails, whose hooks print whatever could do harm, opened in a real browser.
const SECRET = 'correct-horse-battery-staple';
const NASTY = [
  '</script><script>window.harmed = 1</script>',
  '<img src=x onerror="window.harmed = 2"> <!-- </template> --> <svg onload=window.harmed=3>',
  '&lt;b&gt; stays as it is \u2028 and so does this',
  '\u001b[31mred\u001b[0m \u001b]0;a title\u0007 \u0024{window.harmed = 4}',
  `the password is ${SECRET.slice(0, 7)}\u001b[1m${SECRET.slice(7)} and ${SECRET}`,
];
const AXE = readFileSync(fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');

const FILES = {
  'grenade.yaml': `releases:
  - name: spring
    versions: { web: "1" }
    env: { DB_PASSWORD: ${SECRET} }
  - name: autumn
    versions: { web: "2" }
    env: { DB_PASSWORD: ${SECRET} }
data: [{ name: letters, at: letters }]
expect:
  - { what: files-moved, in: b, reason: "letters have <b>an ending</b> now" }
  - { what: files-gone, in: drafts, reason: nobody reads drafts }
`,
  'nasty.txt': `${NASTY.join('\n')}\n`,
  'projects/web/start.sh': withFunctions(
    'cat "$GRENADE_WORKSPACE/nasty.txt"',
    'printf "%s" "$RELEASE" >"$DATA_DIR/release"',
    'service_start web -- bash -c "cat \\"$GRENADE_WORKSPACE/nasty.txt\\"; exec sleep 1000"',
  ),
  'projects/web/version.sh': withFunctions('[[ $(cat "$DATA_DIR/release") == spring ]] && echo 1 || echo 2'),
  'projects/web/shutdown.sh': withFunctions(
    'service_stop web',
    'for ((i = 0; i < 20000; i++)); do echo "line $i of many"; done',
  ),
  'projects/web/migrate.sh': withFunctions(
    'cd "$DATA_DIR/letters"',
    'mv b b.txt',
    'echo more >>"<i>$DB_PASSWORD"',
    'echo new >c',
  ),
  'projects/web/resources.sh': withFunctions(
    'warn "<b onclick=window.harmed=5>a warning</b>"',
    'if [[ $1 == create ]]; then',
    '  echo kept >"$DATA_DIR/kept"',
    '  mkdir "$DATA_DIR/letters" && cd "$DATA_DIR/letters" && echo a >"<i>$DB_PASSWORD" && echo b >b',
    'fi',
    'if [[ $1 == verify && $2 == post-upgrade ]]; then cat "$GRENADE_WORKSPACE/nasty.txt"; printf "not utf8: \\xff\\xfe\\n"; exit 22; fi',
  ),
};
const FAILED = '#step/web/verify:target@autumn';

if (CHROMIUM === undefined)
  console.warn('NOT RUN: the page in a browser. There is no Chromium (apt-get install chromium).');

describe.skipIf(CHROMIUM === undefined)('the page of a run', () => {
  let rig: Rig;
  let file: string;
  let browser: Browser;
  const asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    rig = new Rig(FILES);
    const run = await rig.grenade('run');
    expect(run.status, run.stdout + run.stderr).toBe(1);
    file = join(rig.latest, 'report.html');
    expect(run.stdout).toContain(`${realpathSync(join(rig.latest)).split('/').at(-1)}/report.html`);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.[Symbol.asyncDispose]();
  });

  async function open(fragment = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    await page.goto(pathToFileURL(file).href + fragment);
    if (options.javaScriptEnabled !== false) await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    return page;
  }

  test('says on its first screen what broke, where, and how it came to that', async () => {
    const page = await open();
    await expect
      .poll(() => page.locator('h1').innerText())
      .toContain('The upgrade broke web: what was created before it');
    const screen = { x: 0, y: 0, width: 1280, height: 800 };
    for (const text of ['exit 22', 'projects/web/resources.sh:9', 'How it came to that', 'the first that went wrong']) {
      const box = await page.getByText(text).first().boundingBox();
      expect(box, text).not.toBeNull();
      expect((box?.y ?? 9999) + (box?.height ?? 0), text).toBeLessThan(screen.height);
    }
    await page.context().close();
  });

  test('tells what became of registered data, each difference with what is held of it', async () => {
    const page = await open();
    const state = page.getByRole('region', { name: 'State, before the upgrade and after it' });
    const text = await state.innerText();
    expect(text).toMatch(/letters\s+2 files · compared/);
    expect(text).toMatch(/<i>\*\*\* changed: content, 2 bytes → 7 bytes\s+warning/);
    expect(text).toContain('b moved → b.txt letters have <b>an ending</b> now');
    expect(text).toMatch(/Expected, and did not happen\s+▸ files-gone drafts nobody reads drafts/);
    const added = state.getByText('c new 4 bytes');
    expect(await added.isVisible()).toBe(false);
    await state.getByText('1 addition').click();
    await expect.poll(() => added.isVisible()).toBe(true);
    await state.getByRole('link', { name: 'compared' }).click();
    await expect.poll(() => page.locator('.detail h2').innerText()).toBe('compare state');
    await page.context().close();
  });

  test('asks for nothing but itself, and complains of nothing', async () => {
    const page = await open(FAILED);
    await page.locator('.lines').waitFor();
    await page.context().close();
    expect(asked.filter((url) => !url.startsWith('file://') && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('text of logs is text: markup and scripts in it do nothing, and are there to read', async () => {
    const page = await open(FAILED);
    const lines = page.locator('.lines');
    await lines.waitFor();
    const text = (await lines.textContent()) ?? '';
    expect(text).toContain('</script><script>window.harmed = 1</script>');
    expect(text).toContain('<img src=x onerror="window.harmed = 2"> <!-- </template> -->');
    expect(text).toContain('&lt;b&gt; stays as it is');
    expect(text).toContain('red');
    expect(text).toContain('not utf8: \ufffd\ufffd');
    expect(text).not.toContain('\u001b');
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(await page.locator('.detail b[onclick], main img, main svg[onload]').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    await page.context().close();
  });

  test('holds no secret, neither as it stands nor in what it carries', async () => {
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
    const page = await open('#service/web');
    await page.locator('.lines').waitFor();
    const text = (await page.locator('.lines').textContent()) ?? '';
    expect(text).toContain('the password is ***');
    expect(text).not.toContain('horse');
    await page.context().close();
  });

  test('a link to a step opens it, with its log at the end and its name in the heading', async () => {
    const page = await open(FAILED);
    await expect.poll(() => page.locator('.detail h2').innerText()).toBe('web verify post-upgrade');
    expect(await page.locator('.detail').innerText()).toContain('exit 22');
    await page.getByRole('link', { name: 'Previous step' }).click();
    expect(new URL(page.url()).hash).toBe('#step/compare-state:target@autumn');
    await page.goBack();
    await expect.poll(() => page.locator('.detail h2').innerText()).toBe('web verify post-upgrade');
    await page.goto(`${pathToFileURL(file).href}#step/web/nothing:base@spring`);
    await expect.poll(() => page.locator('.detail h2').innerText()).toBe('No step of this run is called that');
    await page.context().close();
  });

  test('of a long log there is the first and the last part, its path and size, and search finds lines in it', async () => {
    const page = await open('#step/web/shutdown:base@spring');
    const log = page.locator('.log');
    await log.waitFor();
    const text = (await log.textContent()) ?? '';
    expect(text).toMatch(/steps\/\d+-web-shutdown\.log/);
    expect(text).toMatch(/\d+\.\d kB, of which the first and the last part are here/);
    expect(text).toContain('line 0 of many');
    expect(text).toContain('line 19999 of many');
    expect(text).not.toContain('line 9999 of many');
    const find = page.getByRole('searchbox', { name: 'Find in this log' });
    await find.fill('LINE 1999');
    await expect.poll(() => log.getByRole('status').innerText()).toBe('1 of 10');
    await find.press('Shift+Enter');
    await expect.poll(() => log.getByRole('status').innerText()).toBe('10 of 10');
    expect(await page.locator('.line[data-current]').innerText()).toBe('line 19999 of many');
    expect(await page.locator('.line[data-current] mark').innerText()).toBe('line 1999');
    await page.context().close();
  });

  test('all of it can be reached by keyboard', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the timeline');
    await page.keyboard.press('Enter');
    const slider = page.getByRole('slider');
    await slider.focus();
    await slider.press('Home');
    await slider.press('ArrowRight');
    expect(await page.locator('.readout').innerText()).toContain('web start base');
    await slider.press('End');
    await slider.press('ArrowLeft');
    expect(await page.locator('.readout').innerText()).toContain('web verify post-upgrade');

    const row = page.locator('.phase a.step[data-status="failed"]');
    await row.focus();
    await row.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('detail');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.detail').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe(FAILED);
    await page.context().close();
  });

  test('steps are found by words and by what became of them', async () => {
    const page = await open();
    const rows = page.locator('.phase a.step');
    const all = await rows.count();
    await page.getByRole('searchbox', { name: /^Find steps/ }).fill('version autumn');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('searchbox', { name: /^Find steps/ }).fill('');
    await page.getByRole('radio', { name: /never ran/ }).check();
    await expect.poll(() => rows.count()).toBeLessThan(all);
    expect(await rows.count()).toBeGreaterThan(0);
    await page.context().close();
  });

  test('says its verdict and the steps that failed with JavaScript off', async () => {
    const page = await open('', { javaScriptEnabled: false });
    const text = await page.locator('main').innerText();
    expect(text).toContain('The upgrade broke web');
    expect(text).toContain('web verify post-upgrade');
    expect(text).toContain('exit 22');
    expect(text).toContain('need JavaScript');
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`keeps nobody from reading it: ${colorScheme}, wide and narrow`, async () => {
      for (const [fragment, width] of [
        ['', 1280],
        [FAILED, 1280],
        ['', 390],
        [FAILED, 390],
      ] as const) {
        const page = await open(fragment, { colorScheme, viewport: { width, height: 800 } });
        if (fragment !== '') await page.locator('.lines').waitFor();
        await page.evaluate(AXE);
        const found: { id: string; nodes: { html: string }[] }[] = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
        );
        expect(found, `${fragment} at ${width}`).toEqual([]);
        const across: number = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(across, `scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
        await page.context().close();
      }
    });
  }

  test('grenade report makes it anew', async () => {
    const before = statSync(file).ino;
    const again = await rig.grenade('report');
    expect(again.stdout).toContain('report.html');
    expect(statSync(file).ino).not.toBe(before);
  });
});

describe.skipIf(CHROMIUM === undefined)('the page of a run of 3,200 steps and 50 probes', () => {
  let runDir: string;
  let browser: Browser;
  beforeAll(async () => {
    runDir = mkdtempSync(join(tmpdir(), 'grenade-giant-'));
    writeGiantRun(runDir);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(runDir, { recursive: true, force: true });
  });

  test('is below 10 MB, and any of its steps and outages can be opened', async () => {
    const events = [...readJournal(join(runDir, 'journal.ndjson'))];
    const state = foldRun(events);
    const path = writePage({ runDir, state, events, tail: tailOf(runDir), mask: (text) => text, now: 0, version: '0' });
    expect(statSync(path).size).toBeLessThan(10e6);

    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(pathToFileURL(path).href);
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    expect(await page.locator('h1').innerText()).toContain('service-018, service-204 and service-319');
    await page.getByRole('searchbox', { name: /^Find steps/ }).fill('service-377/upgrade');
    await page.locator('.phase a.step').first().click();
    await page.locator('.lines').waitFor();
    expect(await page.locator('.lines').innerText()).toContain('service-377/upgrade:target@2026.2');
    const outage = '#outage/service-007-api/service-007/upgrade:target@2026.2';
    await page.goto(pathToFileURL(path).href + outage);
    await expect.poll(() => page.locator('.detail').innerText()).toContain('charged to\nservice-007 upgrade');
    await page.close();
  });
});
