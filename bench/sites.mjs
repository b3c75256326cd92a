/** Opens and steers the sites of `server.mjs`, from whatever process. */
import { request } from 'node:http';

export class Site {
  clientId = 'bench-client';
  clientSecret = 'bench-secret';

  static async open(behaviour = {}) {
    const { origin } = await post('', {});
    const site = new Site(origin);
    await site.change({ behaviour });
    return site;
  }

  constructor(origin) {
    this.origin = origin;
  }

  /** `{ behaviour, zero, revoke }`: other behaviour, counters to zero, all tokens dead. */
  change(change) {
    return post(encodeURIComponent(this.origin), change);
  }

  async tokenCalls() {
    return (await this.change({})).tokenCalls;
  }
}

function post(path, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${process.env.BENCH_CONTROL}/${path}`,
      { method: 'POST', agent: false },
      async (response) => {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
