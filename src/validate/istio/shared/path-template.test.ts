import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathTemplateFault } from './path-template.ts';

test.each([
  '/',
  '/a/b',
  '/a//b',
  '/a b/*',
  '*/suffix',
  '/{*}',
  '/a/{*}/b/{**}',
  '/{**}/b',
  '{*}',
  '/{*}/%20/',
  "/{*}/a-b._~!$&'()+,;:@=",
])('%s is right', (path) => {
  expect(pathTemplateFault(path)).toBeUndefined();
});

test.each([
  ['/{id}', 'braces'],
  ['/{*', 'braces'],
  ['/a{*}', 'braces'],
  ['/{**}/{*}', 'after'],
  ['/{**}/a/{**}', 'after'],
  ['/{*}//a', 'empty segment'],
  ['/{*}/*', 'mixes'],
  ['/{*}/a b', 'mixes'],
  ['/{*}/é', 'mixes'],
])('%s is wrong', (path, problem) => {
  expect(pathTemplateFault(path)?.problem).toContain(problem);
});

test('paths without braces are never templates', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      expect(pathTemplateFault(path.replace(/[{}]/g, ''))).toBeUndefined();
    }),
  );
});

test('templates between plain segments are right, up to the first {**}', () => {
  const segment = fc.stringMatching(/^[a-zA-Z0-9._~%!$&'()+,;:@=-]+$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(segment, fc.constant('{*}'))), fc.array(segment), (before, after) => {
      const path = `/${[...before, '{**}', ...after].join('/')}`;
      expect(pathTemplateFault(path)).toBeUndefined();
      expect(pathTemplateFault(`${path}/{*}`)).toBeDefined();
    }),
  );
});
