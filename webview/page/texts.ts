import { setTexts, type TextTable } from '../../src/text/translate';

// Imported before everything else: other modules make texts when they are loaded.
const texts = document.getElementById('texts')?.textContent;
if (texts !== undefined) setTexts(JSON.parse(texts) as TextTable);
