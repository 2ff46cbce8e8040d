import { createRequire } from 'node:module';
import { type Schema, Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asGithub, asJson, asSarif, forPeople } from '../../../src/report/review/formats.js';
import { PLAIN } from '../../../src/report/style.js';
import type { Finding } from '../../../src/review/finding.js';
import { RULES } from '../../../src/review/rules/index.js';

const FINDINGS: readonly Finding[] = [
  {
    rule: 'endless-wait',
    severity: 'warning',
    message: '100% of it',
    fix: 'Count, and die',
    file: '/w/a b/start.sh',
    line: 3,
    column: 2,
  },
  {
    rule: 'never-called',
    severity: 'error',
    message: 'resource.sh is never called',
    fix: 'Rename it',
    file: '/w/resource.sh',
  },
];

test('the formats', () => {
  expect(forPeople(FINDINGS, '/w', PLAIN)).toMatchSnapshot();
  expect(asJson(FINDINGS, '/w')).toMatchSnapshot();
  expect(asGithub(FINDINGS, '/w')).toMatchSnapshot();
  expect(asSarif(FINDINGS, '/w', '1.0.0')).toMatchSnapshot();
});

test('what cannot be silenced does not come with a word of how', () => {
  expect(forPeople(FINDINGS.slice(1), '/w', PLAIN)).not.toContain('silence');
});

const word = fc.string({ unit: 'binary', minLength: 1 });
const name = word.filter((each) => !/[/\0]/.test(each) && each !== '.' && each !== '..');
const finding: fc.Arbitrary<Finding> = fc.record(
  {
    rule: fc.constantFrom(...RULES.map((each) => each.name), 'unused-ignore', 'ignore-without-reason'),
    severity: fc.constantFrom('error', 'warning', 'note'),
    message: word,
    fix: word,
    file: fc
      .tuple(fc.constantFrom('/w', '/w/below', '/beside', ''), fc.array(name, { maxLength: 3 }))
      .map(([root, names]) => [root, ...names].join('/') || '/'),
    line: fc.integer({ min: 1, max: 99 }),
    column: fc.integer({ min: 1, max: 99 }),
  },
  { requiredKeys: ['rule', 'severity', 'message', 'fix', 'file'] },
);

describe('SARIF', () => {
  const schema: Schema = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const validator = new Validator(schema, '4', false);

  test('is what the standard’s own schema says, whatever was found', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 5 }), (findings) => {
        const { valid, errors } = validator.validate(JSON.parse(asSarif(findings, '/w', '1.0.0')));
        expect({ valid, errors }).toEqual({ valid: true, errors: [] });
      }),
      { numRuns: 100 },
    );
  });

  test('the schema tells what is none', () => {
    const log = JSON.parse(asSarif(FINDINGS, '/w', '1.0.0'));
    expect(validator.validate({ ...log, version: '2.0.0' }).valid).toBe(false);
    log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    expect(validator.validate(log).valid).toBe(false);
  });

  test('names files from the root, those outside by a URI of their own', () => {
    const uris = (file: string): string => {
      const [found] = FINDINGS;
      if (found === undefined) throw new Error('no finding');
      const log = JSON.parse(asSarif([{ ...found, file }], '/w', '1.0.0'));
      return log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri;
    };
    expect(['/w/a:b/c d', '/w/..x', '/w', '/wide/x', '/elsewhere/c d'].map(uris)).toEqual([
      'a%3Ab/c%20d',
      '..x',
      'file:///w',
      'file:///wide/x',
      'file:///elsewhere/c%20d',
    ]);
  });
});

describe('annotations of GitHub', () => {
  /** As its runner reads a command. */
  const read = (line: string) => {
    const [, level, said = '', text = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
    const back = (each: string): string =>
      each.replace(/%(0D|0A|3A|2C|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    const properties = said.split(',').map((each) => each.split(/=(.*)/s).slice(0, 2).map(back));
    return { level, ...Object.fromEntries(properties), text: back(text) };
  };

  test('are read back as what they say, one a line', () => {
    fc.assert(
      fc.property(finding, (each) => {
        const printed = asGithub([each], '/w');
        expect(printed).toMatch(/^[^\r\n]*\n$/);
        const { line = 1, column = 1 } = each;
        const below = each.file.startsWith('/w/');
        expect(read(printed.trimEnd())).toMatchObject({
          level: each.severity === 'note' ? 'notice' : each.severity,
          title: each.rule,
          ...(below ? { file: each.file.slice(3), line: `${line}`, col: `${column}` } : {}),
        });
      }),
      { numRuns: 200 },
    );
  });

  test('of a file outside of the checkout, the text says where it is', () => {
    expect(asGithub(FINDINGS, '/elsewhere')).toBe(
      '::warning title=endless-wait::/w/a b/start.sh:3: 100%25 of it. Count, and die\n' +
        '::error title=never-called::/w/resource.sh:1: resource.sh is never called. Rename it\n',
    );
  });
});
