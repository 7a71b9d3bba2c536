import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

const typeOnlyDto =
  'Import DTO classes as values: a type-only import erases the class, and ValidationPipe then checks nothing.';

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'docs/api/', '.data/', 'examples/*/dist/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest declares its options as classes
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
    },
  },
  {
    files: ['src/**/*.{controller,gateway}.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { message: typeOnlyDto, selector: "ImportDeclaration[importKind='type'][source.value=/\\.dto\\.js$/]" },
        {
          message: typeOnlyDto,
          selector: "ImportDeclaration[source.value=/\\.dto\\.js$/] > ImportSpecifier[importKind='type']",
        },
      ],
    },
  },
  {
    // The examples take their types from the packed package, which is not there before a test has put it there.
    files: ['**/*.mjs', 'examples/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off', '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['web/**/*.{ts,tsx}', 'test/conformance/cases/**'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  prettier,
);
