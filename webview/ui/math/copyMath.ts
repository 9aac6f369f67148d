import { element } from '../element';

/**
 * Copies formulas in the plain notation: a browser puts every letter of MathML on a line of its own. A selection without
 * formulas is copied as by the browser.
 */
export function copyMathAsText(): void {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    if (selection === null || selection.rangeCount === 0 || event.clipboardData === null) return;
    const copied = selection.getRangeAt(0).cloneContents();
    const formulas = copied.querySelectorAll('math');
    if (formulas.length === 0) return;
    for (const math of formulas) math.replaceWith(math.getAttribute('alttext') ?? math.textContent);
    // Lines are where they are on the screen only for an element that is laid out.
    const place = element('div', { class: 'copied-math', 'aria-hidden': 'true' });
    place.append(copied);
    document.body.append(place);
    event.clipboardData.setData('text/plain', place.innerText);
    place.remove();
    event.preventDefault();
  });
}
