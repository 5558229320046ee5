const claim = /^@request\.auth\.claims(?:\..|\[.+\]$)/i;

/**
 * Whether a key of header matches means a claim of the request's JWT: `@request.auth.claims.a.b` or
 * `@request.auth.claims[a][b]` (`ToRoutingClaim`, pkg/jwt/routing.go).
 */
export function isClaimKey(name: string): boolean {
  return name.startsWith('@') && claim.test(name);
}
