// Comforts only: without this file the page sorts through links and shows the browser's own tips.
"use strict";

// The order stays when months become weeks, when currency or date change, and in the address that is passed on.
function keepSort(table, sort) {
    const name = `sort_${table}`;
    const here = new URL(location.href);
    here.searchParams.set(name, sort);
    history.replaceState(null, "", here);
    for (const link of document.querySelectorAll(".switch a")) {
        const url = new URL(link.href);
        url.searchParams.set(name, sort);
        link.href = url;
    }
    const form = document.querySelector(".as-of");
    const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = sort;
}

function sortTable(table, heading) {
    const headings = [...heading.parentElement.children];
    const column = headings.indexOf(heading);
    const isNumber = heading.classList.contains("number");
    const before = heading.getAttribute("aria-sort");
    const falling = before === "none" ? isNumber : before === "ascending";
    const body = table.tBodies[0];
    const valueOf = (row) => row.cells[column].dataset.value;
    const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [valueOf(one), valueOf(other)];
        if (a === "" || b === "") {
            return (a === "") - (b === "");
        }
        const numbers = !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
        const order = numbers ? Number(a) - Number(b) : a.localeCompare(b);
        return falling ? -order : order;
    });
    body.append(...rows);
    for (const other of headings) {
        other.setAttribute("aria-sort", other === heading ? (falling ? "descending" : "ascending") : "none");
    }
    keepSort(table.closest("section").id, (falling ? "-" : "") + heading.dataset.column);
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
    table.tHead.addEventListener("click", (event) => {
        const heading = event.target.closest("a") && event.target.closest("th");
        if (heading && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            sortTable(table, heading);
        }
    });
}

const texts = new Map();
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

function showTip(bar) {
    tip.textContent = texts.get(bar);
    tip.hidden = false;
    const box = bar.querySelector(".hit").getBoundingClientRect();
    const left = Math.min(Math.max(box.left + box.width / 2 - tip.offsetWidth / 2, 8), document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${Math.max(box.top - tip.offsetHeight - 6, 8) + window.scrollY}px`;
}

for (const bar of document.querySelectorAll(".bar")) {
    const title = bar.querySelector("title");
    texts.set(bar, title.textContent);
    title.remove();
    bar.addEventListener("pointerenter", () => showTip(bar));
    bar.addEventListener("pointerleave", () => { tip.hidden = true; });
}
