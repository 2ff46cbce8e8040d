import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkInside, checkName, checkRef, checkUrl, shownUrl } from '../../src/git/checkout.js';

test.each([
  'https://opendev.org/openstack/heat',
  'http://h/x.git',
  'git://h/x',
  'ssh://review@review.example.org:29418/openstack/heat',
  'git@example.org:openstack/heat.git',
  'file:///opt/stack/heat',
  '/opt/stack/heat',
  '../heat',
])('takes %s', (url) => expect(checkUrl(url)).toBeUndefined());

test.each([
  ['ext::sh -c touch% /tmp/owned', /lets a program speak/],
  ['EXT::x', /lets a program speak/],
  ['fd::17', /lets a program speak/],
  ['hg::https://h/x', /lets a program speak/],
  ['ext://h/x', /only file, git, http, https and ssh/],
  ['--upload-pack=touch /tmp/owned', /dash/],
  ['ssh://-oProxyCommand=touch/x', /host .* dash/],
  ['ssh://me@-oProxyCommand=touch/x', /host .* dash/],
  ['-oProxyCommand=x:path', /dash/],
  ['me@-oProxyCommand=x:path', /host .* dash/],
  ['https://h/x\nhttps://h/y', /control/],
  ['', /no URL/],
])('refuses %j', (url, why) => expect(checkUrl(url)).toMatch(why));

test.each(['master', 'stable/2025.1', 'refs/changes/45/12345/6', 'v1.0', 'unmaintained/zed', 'a'.repeat(40)])(
  'takes the ref %s',
  (ref) => expect(checkRef(ref)).toBeUndefined(),
);

test.each([
  '--upload-pack=x',
  '-b',
  'a:b',
  'a..b',
  'a b',
  'a\nb',
  'a~1',
  'a^',
  '@{-1}',
  '@',
  '',
  'x.lock',
  '/a',
  '+a',
  'a//b',
])('refuses the ref %j', (ref) => expect(checkRef(ref)).toBeDefined());

test('a name that is taken is a directory in its parent, and hides nowhere', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      if (checkName(name) !== undefined) return;
      expect(resolve('/plugins', name)).toBe(join('/plugins', name));
      expect(resolve('/plugins', name, '..')).toBe('/plugins');
      expect(name).not.toMatch(/^[.-]/);
    }),
  );
  for (const name of ['..', '.', '../x', '/x', 'a/b', '', '-x', '.git', 'a\0', 'a\n'])
    expect(checkName(name)).toBeDefined();
  for (const name of ['heat', 'neutron-vpnaas', 'x.y_z+1', '3par']) expect(checkName(name)).toBeUndefined();
});

test('a path that is taken stays inside', () => {
  const part = fc.constantFrom('..', '.', 'a', '', 'b.c', '...');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = parts.join('/');
      if (checkInside(path) !== undefined) return;
      expect(`${resolve('/c', path)}/`.startsWith('/c/')).toBe(true);
    }),
  );
  expect(checkInside('devstack/upgrade')).toBeUndefined();
  expect(checkInside('a/../b')).toBeUndefined();
  expect(checkInside('a/../../b')).toBeDefined();
});

test('what stands before a host is not shown', () => {
  expect(shownUrl('https://me:pw@h/x')).toBe('https://***@h/x');
  expect(shownUrl('https://token@h/x')).toBe('https://***@h/x');
  expect(shownUrl('ssh://me:pw@h/x')).toBe('ssh://me:***@h/x');
  for (const url of ['https://h/a@b', 'git@h:x', 'ssh://git@h/x', '/a/b']) expect(shownUrl(url)).toBe(url);
});
