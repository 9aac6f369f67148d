import { showComparison } from '../comparison/comparisonPage';
import { showNotebook } from '../notebook/notebookPage';
import { registerControls } from '../ui/controls';
import './main.css';

/** Boot: the page says what it is to show. */
registerControls();
const root = document.getElementById('notebook');
if (root === null) throw new Error('The page has no element "notebook".');
if (root.dataset['kind'] === 'comparison') showComparison(root);
else showNotebook(root);
