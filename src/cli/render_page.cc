#include "cli/render_page.h"

namespace atau::cli {

const std::string_view kRenderStyle = R"(<style>
.atau #filter{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line);margin:0 -1.5rem 1rem;padding:.6rem 1.5rem;display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center}
.atau #filter[hidden]{display:none}
.atau #filter input,.atau #filter select,.atau #filter button{font:inherit;line-height:1.3;color:var(--ink);background:var(--paper);border:1px solid var(--dim);border-radius:.3em;padding:.25em .5em;max-width:100%}
.atau #filter button{cursor:pointer}
.atau #filter output{color:var(--dim);font-size:.9rem}
.atau #only::after{content:" ×"}
.atau .warn{border-left:3px solid var(--accent);padding-left:.6rem}
.atau .bars{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:0 2rem}
.atau .bars ol{list-style:none;margin:0;padding:0;line-height:1.35}
.atau .bars li{margin:.15rem 0;position:relative;padding:.1rem 0 .35rem}
.atau .bars .row{display:flex;gap:.5rem;justify-content:space-between;color:inherit;text-decoration:none}
.atau .bars a.row:hover .name,.atau .bars a.row:focus-visible .name{text-decoration:underline}
.atau .bars .name{overflow-wrap:anywhere}
.atau .bars .count{flex:none;font-variant-numeric:tabular-nums}
.atau .bars small,.atau .contents small{color:var(--dim)}
.atau .bars .bar{position:absolute;left:0;bottom:0;height:.25rem;border-radius:.15rem;background:hsl(var(--hue) 60% var(--edge))}
.atau h3{font-size:1rem;line-height:1.3;overflow-wrap:anywhere}
.atau section.text{border-top:1px solid var(--line);margin-top:1.5rem;scroll-margin-top:4rem}
.atau section.text[hidden]{display:none}
.atau.filtering mark[data-entity]{cursor:pointer}
.atau mark.picked{outline:2px solid var(--accent)}
@media print{.atau #filter{display:none}}
</style>
)";

// Words must all be in the text, in the names of its entities or in their types; ё and letter case do not count. A click on a name, in the
// list or in a text, leaves only the texts that speak of that thing.
const std::string_view kRenderScript = R"(<script>
(() => {
  const $ = id => document.getElementById(id);
  const form = $('filter');
  if (!form) return;
  const fold = s => s.toLowerCase().replace(/ё/g, 'е');
  const texts = [...document.querySelectorAll('section.text')].map(node => ({
    node, types: node.dataset.types.split(' '), entities: node.dataset.entities.split(' '), words: null}));
  let entity = '';
  const apply = () => {
    const query = fold($('query').value).split(/\s+/).filter(Boolean), type = $('type').value;
    let shown = 0;
    for (const t of texts) {
      if (query.length && t.words === null) t.words = fold(t.node.textContent);
      const fits = (!type || t.types.includes(type)) && (!entity || t.entities.includes(entity)) && query.every(w => t.words.includes(w));
      t.node.hidden = !fits;
      shown += fits;
    }
    $('count').textContent = form.dataset.count.replace('{1}', shown).replace('{2}', texts.length);
    $('none').hidden = shown > 0;
    for (const m of document.querySelectorAll('mark.picked')) m.classList.remove('picked');
    if (entity) for (const m of document.querySelectorAll('mark[data-entity="' + entity + '"]')) m.classList.add('picked');
  };
  const pick = (number, name) => {
    entity = number;
    $('only').textContent = name;
    $('only').hidden = !number;
    apply();
  };
  let timer = 0;
  $('query').addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(apply, 80); });
  $('type').addEventListener('change', apply);
  $('only').addEventListener('click', () => pick('', ''));
  form.addEventListener('submit', e => e.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => pick('', ''), 0));
  document.addEventListener('click', e => {
    const link = e.target.closest('[data-entity]');
    if (!link || String(getSelection())) return;
    const name = link.querySelector('.name');
    const listed = document.querySelector('.bars [data-entity="' + link.dataset.entity + '"] .name');
    pick(link.dataset.entity, (name || listed || link.firstChild).textContent);
    const first = texts.find(t => !t.node.hidden);
    if (name && first) { e.preventDefault(); first.node.scrollIntoView(); }
  });
  form.hidden = false;
  document.body.classList.add('filtering');
  apply();
})();
</script>
)";

}  // namespace atau::cli
