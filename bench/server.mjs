/**
 * The one authorisation server of a run: a child process, so that it has an event loop of its own.
 * Every contestant gets a site (an origin with its own counters and faults); `sites.mjs` steers it.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const BACKLOG = 4_096;
const sites = new Map();

/** How a site's token endpoint behaves: `mode` ok, error (500), hang or reset; milliseconds and seconds. */
const USUAL = { mode: 'ok', latency: 0, life: 3_600, stagger: 0 };

class Site {
  behaviour = { ...USUAL };
  tokenCalls = 0;
  apiCalls = 0;
  refusals = 0;
  live = new Set();

  handle(request, response) {
    const { url } = request;
    request.resume();
    request.on('end', () => {
      if (url === '/oauth/token') this.token(request, response);
      else if (url.startsWith('/api/')) this.api(request, response);
      else answer(response, 200, {});
    });
  }

  token(request, response) {
    this.tokenCalls += 1;
    const { mode, latency, life } = this.behaviour;
    if (mode === 'hang') return;
    const work = () => {
      if (mode === 'reset') request.socket.resetAndDestroy();
      else if (mode === 'error') answer(response, 500, { error: 'oops' });
      else answer(response, 200, this.mint(life));
    };
    if (latency > 0) setTimeout(work, latency);
    else work();
  }

  mint(life) {
    const token = randomBytes(32).toString('base64url');
    this.live.add(token);
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: life,
      created_at: Math.floor(Date.now() / 1_000),
    };
  }

  api({ headers }, response) {
    this.apiCalls += 1;
    const token = headers.authorization?.replace(/^bearer /i, '');
    if (this.live.has(token)) {
      answer(response, 200, { data: { id: 'ping', type: 'pong' } });
      return;
    }
    this.refusals += 1;
    setTimeout(
      () =>
        answer(
          response,
          401,
          { error: 'The access token was revoked' },
          { 'WWW-Authenticate': 'Bearer realm="Doorkeeper"' },
        ),
      this.refusals * this.behaviour.stagger,
    );
  }

  apply({ behaviour, zero, revoke }) {
    Object.assign(this.behaviour, behaviour);
    if (zero) this.tokenCalls = this.apiCalls = this.refusals = 0;
    if (revoke) this.live.clear();
    const { tokenCalls, apiCalls, refusals } = this;
    return { tokenCalls, apiCalls, refusals };
  }
}

function answer(response, status, body, headers = {}) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}

function listen(handler) {
  const server = createServer({ keepAliveTimeout: 120_000 }, handler);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', BACKLOG, () =>
      resolve(`http://127.0.0.1:${server.address().port}`),
    );
  });
}

/** `POST /` opens a site, `POST /{url}` changes it and tells its counters. */
async function control(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const change = JSON.parse(Buffer.concat(chunks).toString());
  const url = decodeURIComponent(request.url.slice(1));
  if (url !== '') {
    answer(response, 200, sites.get(url).apply(change));
    return;
  }
  const site = new Site();
  const origin = await listen((...exchange) => site.handle(...exchange));
  sites.set(origin, site);
  answer(response, 200, { origin });
}

process.send(await listen(control));
process.on('disconnect', () => process.exit());
