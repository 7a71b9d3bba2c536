import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import 'uplot/dist/uPlot.min.css';
import '../ui/viewer.css';
import { Viewer } from './viewer.js';

const place = document.getElementById('viewer');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Viewer />
    </StrictMode>,
  );
}
