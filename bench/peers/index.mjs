/** The contestants, ours first. Each file says how its library is asked for a token now. */
export const OURS = 'ours';

export const PEERS = [
  'openid-client',
  'simple-oauth2',
  'badgateway',
  'google-auth-library',
  'msal-node',
  'axios-token-interceptor',
  'core-rest-pipeline',
  'smithy-memoize',
  'k2-connect-node',
];

export const ALL = [OURS, ...PEERS];
