import pluginVue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

const FEATURES = [
  'accounts', 'catalog', 'claims', 'coupons', 'events', 'following', 'giveaways', 'moderation', 'room', 'sales', 'video',
  'waiting',
]

/** Layers point one way: app → pages → features → protocol, design. Features are siblings. */
const layer = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] },
})

export default tseslint.config(
  { ignores: ['dist/**', 'src/protocol/generated/**', 'dev/**', 'scripts/**', 'coverage/**'] },
  ...tseslint.configs.strict,
  ...pluginVue.configs['flat/strongly-recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, sourceType: 'module' } },
  },
  {
    rules: {
      'no-console': ['error', { allow: ['error'] }],
      eqeqeq: 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Lines are as long as they read well; the template's look is left to its author.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/require-default-prop': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/no-unused-emit-declarations': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-unused-properties': 'error',
    },
  },
  layer(['src/protocol/**'], ['@/design/*', '@/features/*', '@/pages/*', '@/app/*'], 'The protocol knows no page.'),
  layer(['src/design/**'], ['@/features/*', '@/pages/*', '@/app/*'], 'The design knows no feature.'),
  layer(['src/pages/**'], ['echarts', 'echarts/*'], 'Charts come through features; they weigh 170 KB.'),
  ...FEATURES.map((feature) =>
    layer(
      [`src/features/${feature}/**`],
      [...FEATURES.filter((other) => other !== feature).map((other) => `@/features/${other}/**`), '@/pages/*', '@/app/*'],
      'Features do not import each other: a page brings them together.',
    ),
  ),
)
