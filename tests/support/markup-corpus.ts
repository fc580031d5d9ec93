/**
 * Owns texts that would be more than text if a page took them for markup, for an address or for a template. Not a list
 * of known attacks to filter: whatever a window shows must show them letter for letter.
 */

const tags = ["script", "img", "svg", "iframe", "a", "b", "style", "link", "meta", "base", "form", "object"];
const handlers = ["onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle"];
const addresses = [
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "https://example.com/beacon",
];

export const markupCorpus: readonly string[] = [
  ...tags.flatMap((tag) => [
    `<${tag}>`,
    `</${tag}><${tag} x=1>`,
    ...handlers.map((handler) => `<${tag} src=x autofocus ${handler}="alert(1)">`),
    ...addresses.map((address) => `<${tag} href='${address}' src='${address}'>link</${tag}>`),
  ]),
  ...handlers.map((handler) => `" autofocus ${handler}="alert(1)`),
  ...handlers.map((handler) => `' autofocus ${handler}='alert(1)`),
  "<!-- --><script>alert(1)</script>",
  "]]><script>alert(1)</script>",
  "</dd></dl></section><button data-control>Allow once</button>",
  "</textarea><script>alert(1)</script>",
  "</title><script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;img src=x onerror=alert(1)&#62;",
  "{{constructor.constructor('alert(1)')()}}",
  "${alert(1)}",
  "[link](javascript:alert(1)) ![picture](https://example.com/beacon.png)",
  "expression(alert(1)); background: url(https://example.com/beacon)",
];
