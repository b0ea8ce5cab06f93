import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"], eqeqeq: "error", "no-eval": "error", "no-implied-eval": "error", "no-var": "error",
      "no-shadow": "error", "no-implicit-globals": "error", "no-param-reassign": ["error", { props: false }], "prefer-const": "error",
      "require-await": "error", semi: ["error", "always"],
    },
  },
];
