import k2Connect from 'k2-connect-node';

export const title = 'k2-connect-node';
export const packages = ['k2-connect-node'];
export const caches = false;
export const notes = ['Keeps no token: a call for each get.'];

export async function open({ origin, clientId, clientSecret }) {
  const { TokenService } = k2Connect({
    clientId,
    clientSecret,
    apiKey: 'bench-key',
    baseUrl: origin,
  });
  return { get: () => TokenService.getToken() };
}
