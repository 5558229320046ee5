declare const MESHLINT_VERSION: string;

/** Put in by the build. */
export const version: string = typeof MESHLINT_VERSION === 'string' ? MESHLINT_VERSION : '0.0.0-source';
