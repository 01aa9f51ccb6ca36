// Runs before the page is drawn, so that the reader's theme and text size are there from the first moment.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("script");
  try {
    for (const name of ["theme", "size"]) {
      const value = localStorage.getItem(`book-${name}`);
      if (value) root.dataset[name] = value;
    }
  } catch {} // storage may be forbidden; then the system's theme it is
}
