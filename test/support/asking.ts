import http from 'node:http';

/** Asks with headers that `fetch` sets itself, such as Host. */
export const asking = (url: string, headers: http.OutgoingHttpHeaders, method = 'GET', body = '') =>
  new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>(
    (resolve, reject) => {
      const length = Buffer.byteLength(body);
      const options = { method, headers: { 'content-length': length, ...headers }, agent: false };
      const request = http.request(url, options, async (response) => {
        const chunks = await response.setEncoding('utf8').toArray();
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, body: chunks.join('') });
      });
      request.on('error', reject).end(body);
    },
  );
