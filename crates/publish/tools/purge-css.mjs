// Reduces the style sheet of Bootstrap Italia to the rules that our templates use.
//
//   mkdir /tmp/purge && cd /tmp/purge && npm i bootstrap-italia@2.18.3 purgecss@8 postcss@8
//   NODE_PATH=/tmp/purge/node_modules node <crate>/tools/purge-css.mjs
//
// Run it again when a template begins to use another class of Bootstrap Italia;
// the test `every_class_is_in_a_style_sheet` says when.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const require = createRequire(join(process.env.NODE_PATH, 'x'));
const { PurgeCSS } = require('purgecss');
const postcss = require('postcss');
const crate = join(dirname(fileURLToPath(import.meta.url)), '..');
const kit = join(process.env.NODE_PATH, 'bootstrap-italia');
// The words of an attribute `class`, without the expressions of the template language.
const classesOf = (text) =>
  [...text.replace(/\{[{%].*?[%}]\}/g, ' ').matchAll(/class="([^"]*)"/g)].flatMap((m) => m[1].split(/[^\w-]+/));
const { version } = JSON.parse(readFileSync(join(kit, 'package.json'), 'utf8'));

const [{ css }] = await new PurgeCSS().purge({
  content: [join(crate, 'templates/*.html')],
  css: [join(kit, 'dist/css/bootstrap-italia.min.css')],
  // Only what stands in an attribute is a class, an id or an element; not the words of the templates.
  defaultExtractor: (text) => [
    ...classesOf(text),
    ...[...text.matchAll(/<([a-z][a-z0-9]*)/g)].map((m) => m[1]),
  ],
  fontFace: true,
  keyframes: true,
  variables: false,
});
const root = postcss.parse(css);
// The purge takes words for classes and elements alike (`section`, `.section`): be strict about classes.
const classes = new Set(
  readdirSync(join(crate, 'templates')).flatMap((name) =>
    classesOf(readFileSync(join(crate, 'templates', name), 'utf8')),
  ),
);
root.walkRules((rule) => {
  if (rule.parent.type === 'atrule' && rule.parent.name.endsWith('keyframes')) return;
  const kept = rule.selectors.filter((selector) =>
    [...selector.replace(/:not\([^)]*\)/g, '').matchAll(/\.(-?[a-zA-Z_][\w-]*)/g)].every((m) => classes.has(m[1])));
  if (kept.length === 0) rule.remove(); else rule.selectors = kept;
});
// Variables that no remaining rule reads, until none is left over.
for (let removed = true; removed; ) {
  removed = false;
  const read = new Set([...root.toString().matchAll(/var\(\s*(--[\w-]+)/g)].map((m) => m[1]));
  root.walkDecls(/^--/, (decl) => {
    if (!read.has(decl.prop) && decl.prop !== '--bootstrap-italia-version') { decl.remove(); removed = true; }
  });
}
root.walkComments((comment) => comment.remove());
root.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
root.walkAtRules((rule) => { if (rule.nodes && rule.nodes.length === 0) rule.remove(); });
const header = `/*!
 * Bootstrap Italia ${version} (https://italia.github.io/bootstrap-italia/), reduced to the rules used by Impegno
 * Authors: https://github.com/italia/bootstrap-italia/blob/main/AUTHORS
 * BSD-3-Clause, on Bootstrap 5.2.3 (MIT): texts in LICENSE-bootstrap-italia.txt
 * Made by crates/publish/tools/purge-css.mjs; do not edit.
 */
`;
root.walkDecls((decl) => { decl.raws.before = ''; decl.raws.between = ':'; });
root.walk((node) => { node.raws.before = node.type === 'decl' ? '' : '\n'; });
const result = header + root.toString().replace(/\n\s*\n/g, '\n').replace(/^\uFEFF|^\n/, '') + '\n';
writeFileSync(join(crate, 'assets/bootstrap-italia.css'), result);
console.log(`${result.length} bytes`);
