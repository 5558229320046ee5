import { definePlugin } from 'meshlint/sdk';
import missingServiceAccount from './missing-service-account.js';
import noWildcardHost from './no-wildcard-host.js';

export default definePlugin({ name: 'acme', rules: [noWildcardHost, missingServiceAccount] });
