import { describe, expect, it } from 'vitest';
import { examinedModel, nowLooking, stepName, stepsFor, verdict } from './doctor';
import { addressError, leavesNetwork, serverOf } from './network';
import { sourceName } from './sources';

const took = (...names: string[]) => names.map((name) => ({ name, ok: true }));
const all = took('name', 'connection', 'key', 'model', 'picture', 'streaming', 'JSON answers', 'speed');

describe('an examination in words', () => {
  it('says what is being looked at', () => {
    const one = stepsFor(['http://lab.local:8000/v1']);
    expect(nowLooking(one, [])).toBe('Looking up its name…');
    expect(nowLooking(one, took('name', 'connection'))).toBe('Trying the key…');
    expect(nowLooking(stepsFor(['https://lab.local/v1']), took('name', 'connection'))).toBe('Checking the encryption…');
    expect(nowLooking(one, took('something new'))).toBe('Looking further…');
    expect(nowLooking(one, took('speed'))).toBe('Looking further…');
  });

  it('names the server where there are several, and goes on to the next when one is not well', () => {
    const two = stepsFor(['http://a.local:8000/v1', 'https://b.local/v1']);
    expect(nowLooking(two, [])).toBe('Looking up its name · a.local:8000…');
    expect(nowLooking(two, [{ name: 'connection a.local:8000', ok: false }])).toBe('Looking up its name · b.local:443…');
    expect(nowLooking(two, [{ name: 'TLS b.local:443', ok: false }])).toBe('Asking about a picture…');
    expect([stepName('TLS b.local:443'), stepName('JSON answers'), stepName('mood')]).toEqual(['Encryption · b.local:443', 'JSON answers', 'mood']);
  });

  it('ends in a sentence', () => {
    const well = { streams: true, json: true, tokensPerS: 40.4 };
    expect(verdict(all, well)).toBe('It sees pictures, streams, answers in JSON, about 40 tokens/s.');
    expect(verdict(all, {})).toBe('It sees pictures, answers in one piece.');
    expect(verdict(all, undefined)).toBe('It sees pictures.');
    expect(verdict([], undefined)).toBe('');
  });

  it('says what is wrong', () => {
    const refused = [...took('name'), { name: 'connection', ok: false }];
    expect(verdict(refused, undefined)).toBe('It cannot be used yet. See “Connection”, then examine it again.');
    const picture = (code: string) => [...took('model'), { name: 'picture', ok: false, error: { code } }, ...took('streaming')];
    expect(verdict(picture('backend.no_vision'), undefined)).toBe('It does not see pictures: choose another model.');
    expect(verdict(picture('backend.wrong_colour'), { streams: true })).toBe('It answers, but may not see pictures.');
    expect(verdict(picture('backend.silent'), undefined)).toBe('It cannot be used yet. See “A real picture”, then examine it again.');
    const half = [{ name: 'connection b.local:443', ok: false }, ...all];
    expect(verdict(half, { streams: true })).toBe('It sees pictures, streams. Not all is well: see “Connection · b.local:443”.');
  });

  it('knows the model that was found', () => {
    expect(examinedModel('wanted', [])).toBe('wanted');
    expect(examinedModel('', [{ name: 'model', ok: true, found: 'llava:7b, though the server lists none' }])).toBe('llava:7b');
    expect(examinedModel('', [{ name: 'model', ok: false }])).toBe('');
  });
});

describe('addresses', () => {
  it.each([
    ['', ''],
    ['lab:8000', ''],
    ['http://', 'none'],
    ['lab:99999', 'none'],
    ['ftp://lab', 'scheme'],
    ['http://key@lab', 'more'],
  ])('%s: %s', (typed, fault) => expect(addressError(typed)).toBe(fault));

  it('of one server are the same however they are written', () => {
    expect(new Set(['lab:80', 'http://LAB/', 'http://lab/v1/', 'lab'].map(serverOf)).size).toBe(1);
    expect(serverOf('https://lab/v1')).not.toBe(serverOf('http://lab/v1'));
  });

  it('tell whether pictures leave this network, unless the person does', () => {
    const away = 'https://api.example.com/v1';
    expect([leavesNetwork({ url: 'http://lab/v1' }), leavesNetwork({ url: 'http://lab/v1', replicas: [away] })]).toEqual([false, true]);
    expect([leavesNetwork({ url: away, leaves: 'no' }), leavesNetwork({ url: 'http://lab/v1', leaves: 'yes' })]).toEqual([false, true]);
  });
});

describe('a source', () => {
  it.each([
    ['camera:Logitech C920', 'Logitech C920'],
    ['camera:', 'Camera'],
    ['images:/home/ana/door/?every=1s', 'door'],
    ['sample:', 'sample:'],
  ])('%s is called %s', (uri, name) => expect(sourceName(uri)).toBe(name));
});
