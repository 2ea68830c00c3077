import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** @param {[string, string][]} floors a path pattern, and what to say to who imports it */
const keepOut = (...floors) => ({
  'no-restricted-imports': ['error', { patterns: floors.map(([group, message]) => ({ group: [group, `${group}/**`], message })) }],
});
const wails = ['**/wailsjs', 'Only lib/bridge talks to Wails.'];
const bridge = ['**/bridge', 'Features reach the program through lib/state.'];
const state = ['**/state', 'This floor knows no state: take props, give callbacks.'];
const features = ['**/features', 'Imports point down: features are the top floor.'];
const ui = ['**/ui', 'This floor draws nothing.'];

export default ts.config(
  { ignores: ['dist/', 'wailsjs/', 'test-results/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'max-lines': ['error', { max: 160, skipBlankLines: true }],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } } },
  {
    // eslint sees imported components as any; svelte-check knows their types.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['src/lib/text/strings*.ts', 'src/lib/bridge/types*.ts', 'src/**/*.test.ts'], rules: { 'max-lines': 'off' } },
  { files: ['src/**/*.{ts,svelte}'], ignores: ['src/lib/**', 'src/main.ts'], rules: keepOut(wails, bridge) },
  { files: ['src/main.ts'], rules: keepOut(wails) },
  { files: ['src/lib/bridge/**'], rules: keepOut(state, features, ui) },
  { files: ['src/lib/state/**'], rules: keepOut(wails, features, ui) },
  { files: ['src/lib/{ui,text}/**'], rules: keepOut(wails, bridge, state, features) },
  { files: ['*.js', 'e2e/**'], ...ts.configs.disableTypeChecked },
  { files: ['*.js', 'e2e/**'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
);
