import { describe, expect, it } from 'vitest';
import { metricsUrl, onlyHere, randomToken } from './serving';

describe('an address to serve at', () => {
  it.each(['', ' ', '127.0.0.1:9717', '127.9.9.9:80', 'localhost:9717', '[::1]:9717'])('%j is reached from this computer alone', (address) => {
    expect(onlyHere(address)).toBe(true);
  });

  it.each([':9717', '0.0.0.0:9717', '[::]:9717', '192.168.1.4:9717', 'lab:9717', '127.0.0.1.example.com:80', '9717', 'localhost'])(
    '%j may be reached by others',
    (address) => expect(onlyHere(address)).toBe(false),
  );

  it.each([
    ['127.0.0.1:9717', 'http://127.0.0.1:9717/metrics'],
    [':9717', 'http://localhost:9717/metrics'],
    ['0.0.0.0:9717', 'http://localhost:9717/metrics'],
    ['[::]:80', 'http://localhost:80/metrics'],
    ['[fe80::1]:9717', 'http://[fe80::1]:9717/metrics'],
  ])('%j is asked at %s', (address, url) => expect(metricsUrl(address)).toBe(url));
});

describe('a token', () => {
  it('is long, new each time, and goes into a header as it is', () => {
    const all = Array.from({ length: 50 }, randomToken);
    expect(new Set(all).size).toBe(50);
    expect(all.every((token) => /^[\w-]{32}$/.test(token))).toBe(true);
  });
});
