import { addressFunctions } from './addresses.ts';
import { formatFunctions } from './formats.ts';
import { listFunctions } from './lists.ts';
import { optionalFunctions } from './optionals.ts';
import { quantityFunctions } from './quantities.ts';
import { semverFunctions } from './semver.ts';
import { textFunctions } from './texts.ts';
import { urlFunctions } from './urls.ts';

/** All functions that Kubernetes adds to CEL. Those that are about requests (authorizer) are not for definitions. */
export const functions = [
  ...listFunctions,
  ...optionalFunctions,
  ...textFunctions,
  ...urlFunctions,
  ...addressFunctions,
  ...quantityFunctions,
  ...formatFunctions,
  ...semverFunctions,
];
