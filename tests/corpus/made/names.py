"""Names people and attackers give: what counts is the extension a reader would see, and what is written to the disk."""

from tests.builders.files import a_pdf
from tests.corpus.made import Odd

_READ = {
    "capitals": "STATUTS.PDF",
    "two extensions": "statuts.docx.pdf",
    "a program's first": "statuts.exe.pdf",
    "accents composed": "d\u00e9lib\u00e9ration n\u00b0 3.pdf",
    "accents apart": "de\u0301libe\u0301ration.pdf",
    "255 bytes": "a" * 251 + ".pdf",
    "a thousand letters": "\u00e9" * 1000 + ".pdf",
    "an emoji": "\U0001f4c4 dossier.pdf",
    "read from the right": "facture\u202efdp.exe.pdf",
    "a name of Windows": "CON.pdf",
    "another, with a number": "lpt1.pdf",
    "a leading dash": "-rf.pdf",
    "a leading dot": ".cache.pdf",
    "three dots": "...pdf",
    "a path": "../../etc/passwd.pdf",
    "a path of Windows": "C:\\Users\\moi\\..\\statuts.pdf",
    "a share": "\\\\serveur\\partage\\statuts.pdf",
    "a line break": "statuts\r\nX-Injected: 1\r\n.pdf",
    "a null": "statuts\x00.exe.pdf",
    "quotes": 'l\'\u00ab annexe \u00bb "1".pdf',
    "a tag": "<img src=x onerror=alert(1)>.pdf",
    "a formula": "=cmd|'/C calc'!A0.pdf",
    "a template": "{{7*7}}${7*7}%s%n.pdf",
    "a stream": "statuts.txt:cache.pdf",
    "a query": "statuts.php?x=1&y=.pdf",
    "semicolons": "a;filename=b.exe;.pdf",
    "spaces": "   statuts   du   17   .pdf",
    "no width": "stat\u200buts\u2060.pdf",
    "control letters": "sta\x07tu\x1b[31mts.pdf",
    "a separator of lines": "statuts\u2028suite.pdf",
    "half of a pair": "statuts\udce9.pdf",
}
_REFUSED = {
    "no extension": "statuts",
    "only an extension": ".pdf",
    "a space behind": "statuts.pdf ",
    "a dot behind": "statuts.pdf.",
    "a program": "statuts.pdf.exe",
    "nothing seen behind": "statuts.pdf\u200b",
    "letters that look alike": "statuts.\u0440df",
    "wide letters": "statuts.\uff50\uff44\uff46",
    "a null behind": "statuts.pdf\x00.png.txt",
    "a stream behind": "statuts.pdf::$DATA",
    "a script": "statuts.phtml",
    "a page": "statuts.html",
    "a drawing": "plan.svg",
    "an old text": "statuts.doc",
    "a text with macros": "statuts.docm",
    "nothing": "",
}

NAMES: dict[str, Odd] = {
    **{f"name: {what}": Odd(name, a_pdf, "accept") for what, name in _READ.items()},
    **{f"name: {what}": Odd(name, a_pdf, "wrong_format") for what, name in _REFUSED.items()},
}
