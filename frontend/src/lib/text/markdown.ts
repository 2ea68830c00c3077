import DOMPurify, { type Config } from 'dompurify';
import { Marked } from 'marked';

// A picture of a stranger would be fetched: its description stands for it.
const marked = new Marked({ gfm: true, breaks: true, async: false, renderer: { image: ({ text }) => text } });

const tags =
  'a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s strong sub sup table tbody td th thead tr ul'.split(' ');

// What a model writes is a stranger's HTML: only these words and no styles, classes, pictures or anything else that is fetched.
const rules: Config = {
  ALLOWED_TAGS: tags,
  ALLOWED_ATTR: ['href', 'start', 'align'],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  ADD_URI_SAFE_ATTR: ['start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  FORBID_CONTENTS: ['script', 'style', 'iframe', 'object', 'svg', 'math', 'template', 'noscript', 'title', 'textarea', 'select'],
};

/** Markdown as HTML that is safe to show and loads nothing. Pictures become their description. */
export function toHtml(text: string): string {
  return DOMPurify.sanitize(marked.parse(text, { async: false }), rules);
}

/** Markdown as one line of plain words, for a screen reader or an overlay. */
export function toPlain(text: string): string {
  const holder = document.createElement('div');
  holder.innerHTML = toHtml(text);
  return (holder.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** Whether an answer is too long for its row. */
export function isLong(text: string): boolean {
  return text.length > 900 || text.split('\n', 15).length > 14;
}
