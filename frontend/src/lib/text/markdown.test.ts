import { describe, expect, it } from 'vitest';
import { isLong, toHtml, toPlain } from './markdown';

const page = (text: string) => {
  const holder = document.createElement('div');
  holder.innerHTML = toHtml(text);
  return holder;
};

describe('what a model writes', () => {
  it('is marked up', () => {
    expect(toHtml('A **red** mug')).toBe('<p>A <strong>red</strong> mug</p>\n');
    expect(page('3. three\n4. four').querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(page('|a|b|\n|-|-|\n|1|2|').querySelectorAll('td').length).toBe(2);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![tracker](https://example.com/pixel.png)',
    '![tracker][ref]\n\n[ref]: https://example.com/pixel.png',
    '<svg><image href="https://example.com/x.png"/></svg>',
    '<iframe src="https://example.com"></iframe>',
    '<video src="https://example.com/v"></video>',
    '<object data="https://example.com/o"></object>',
    '<link rel="stylesheet" href="https://example.com/s.css">',
    '<style>@import "https://example.com/s.css"</style>',
    '<p style="background:url(https://example.com/b.png)">x</p>',
    '<table background="https://example.com/b.png"><tr><td>x</td></tr></table>',
    '<math><mtext><img src=x onerror=alert(1)></mtext></math>',
    '<form action="https://example.com"><input></form>',
    '<a href="https://example.com" ping="https://example.com/p" onclick="x()" style="x" class="btn" id="app">x</a>',
    '![<img src=x onerror=alert(1)>](x)',
  ])('loads nothing and runs nothing: %s', (text) => {
    const found = page(text);
    expect(found.querySelector('script,img,svg,image,iframe,video,object,link,style,form,input,math')).toBeNull();
    for (const element of found.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(['href', 'start', 'align']).toContain(name);
    }
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](file:///etc/passwd)',
    '[x](wails://wails/)',
    '[x](/live/frame)',
    '[x](//example.com)',
  ])('leads nowhere but the web: %s', (text) => {
    expect(page(text).querySelector('a[href]')).toBeNull();
  });

  it('keeps links to the web', () => {
    expect(page('[x](https://example.com/a?b=c)').querySelector('a')?.href).toBe('https://example.com/a?b=c');
  });

  it('says what a picture would have shown', () => {
    expect(toPlain('See ![a small cat](https://example.com/cat.png) here')).toBe('See a small cat here');
  });

  it('is one plain line for a screen reader', () => {
    expect(toPlain('# Here\n\n- a **mug**\n- a `book`')).toBe('Here a mug a book');
  });

  it('is folded when it is long', () => {
    expect(isLong('short')).toBe(false);
    expect(isLong('x'.repeat(901))).toBe(true);
    expect(isLong('line\n'.repeat(20))).toBe(true);
  });
});
