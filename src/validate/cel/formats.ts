import { type CelInput, celFunc, celMethod } from '@bufbuild/cel';
import { namedFormats } from '../crds/formats.ts';
import { DYN, expectText, MAP, NotSupported, opaque, STRING, some } from './values.ts';

function validate(name: string, text: string): CelInput {
  const test = namedFormats[name];
  if (test === undefined) throw new NotSupported(`the format ${name}`);
  return test(text) ? null : some([`${JSON.stringify(text)} is not of the format ${name}`]);
}

/** Kubernetes' named formats (pkg/cel/library/format.go). */
export const formatFunctions = [
  ...Object.keys(namedFormats).map((name) =>
    celFunc(`format.${name}`, [], DYN, () => opaque('format', name)),
  ),
  celFunc('format.named', [STRING], DYN, (name) =>
    Object.hasOwn(namedFormats, name) ? some(opaque('format', name)) : null,
  ),
  celMethod('validate', MAP, [STRING], DYN, function (text) {
    return validate(expectText(this, 'format'), text);
  }),
];
