// Must be the first import. Where the system's language is "C", WebKitGTK calls it "c", which is no language: every Intl formatter, uPlot's
// among them, would throw at load and leave a blank window.
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

if (!isLanguage(navigator.language)) {
  Object.defineProperty(navigator, 'language', { get: () => 'en-GB', configurable: true });
  Object.defineProperty(navigator, 'languages', { get: () => ['en-GB'], configurable: true });
}
