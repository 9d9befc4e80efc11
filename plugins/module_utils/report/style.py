# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the page looks: light, dark and on paper. Nothing is told by colour alone."""

from __future__ import annotations

_LIGHT = ("--page:#fff;--text:#1b1f24;--quiet:#57606a;--line:#c4cad1;--box:#f3f5f7;--up:#1a7f43;--down:#b42318;--off:#6e7781;"
          "--up-back:#e3f4e9;--down-back:#fdeceb;")
_DARK = ("--page:#14181d;--text:#e6e9ec;--quiet:#a3acb5;--line:#3f4852;--box:#1e242b;--up:#58c98a;--down:#ff8d82;--off:#98a1aa;"
         "--up-back:#173425;--down-back:#43201d;")

STYLE = f"""
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
@media print{{:root{{color-scheme:light;{_LIGHT}}}section,table,svg,li{{break-inside:avoid}}body{{max-width:none}}svg{{min-width:0}}.wide{{overflow:visible}}}}
*{{box-sizing:border-box}}
body{{margin:0 auto;max-width:70rem;padding:1.2rem;background:var(--page);color:var(--text);font:15px/1.45 system-ui,"DejaVu Sans",sans-serif}}
h1{{font-size:1.6rem;margin:.2rem 0}}h2{{font-size:1.25rem;margin:2rem 0 .4rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}}
h3{{font-size:1.02rem;margin:1.2rem 0 .4rem}}
p{{margin:.3rem 0}}.quiet{{color:var(--quiet)}}
.tiles{{display:flex;flex-wrap:wrap;gap:.7rem;margin:1rem 0;padding:0;list-style:none}}
.tiles li{{background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.5rem .9rem;min-width:8rem}}
.tiles b{{display:block;font-size:1.5rem;line-height:1.2}}
.up{{color:var(--up)}}.down{{color:var(--down)}}.off{{color:var(--off)}}
.wide{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%;margin:.4rem 0}}
th,td{{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top;white-space:nowrap}}
th{{background:var(--box);font-weight:600}}td.state{{font-weight:600}}tr.told td{{border-bottom:none}}td.why{{padding-top:0}}
summary{{cursor:pointer;color:var(--quiet)}}
td.why,.figures td{{white-space:normal;overflow-wrap:anywhere}}.figures th{{width:17rem}}a{{color:inherit}}
ul.reasons{{margin:0;padding-left:1.1rem}}ul.reasons ul{{padding-left:1.1rem;color:var(--quiet)}}
svg{{display:block;width:100%;min-width:44rem;height:auto;font:13px system-ui,"DejaVu Sans",sans-serif}}
svg text{{fill:var(--text)}}svg .soft{{fill:var(--quiet)}}svg .box{{fill:var(--box);stroke:var(--line)}}
svg .up{{stroke:var(--up)}}svg .down{{stroke:var(--down)}}svg .off{{stroke:var(--off)}}
svg text.up{{fill:var(--up);stroke:none}}svg text.down{{fill:var(--down);stroke:none}}svg text.off{{fill:var(--off);stroke:none}}
svg .tunnel{{fill:none;stroke-width:2}}svg .carries{{stroke-width:5}}svg .tunnel.down,svg .tunnel.off{{stroke-dasharray:7 5}}
svg .badge{{fill:var(--page);stroke-width:2}}svg .grid{{stroke:var(--line)}}svg .mark{{stroke:var(--text);stroke-dasharray:4 3}}
svg .good{{fill:var(--up-back);stroke:var(--up)}}svg .bad{{fill:var(--down-back);stroke:var(--down)}}svg .plain{{fill:var(--box);stroke:var(--quiet)}}
"""
