"""The press's own words on a page, in each language."""

__all__ = ["LABELS", "labels_of"]

LABELS = {
    "zh": {
        "output": "输出",
        "download": "下载",
        "wrong": "错误版本",
        "docstring": "文档字符串的其余部分",
        "provenance": "本页数字的来源",
        "formula": "公式",
        "sightings": "本页来源的查看记录",
        "sighting": "{kind}，{place}（{day}）",
        "x": "横轴：",
        "y": "纵轴：",
        "and": "；",
        "paper": "论文正文",
        "abstract": "论文摘要",
        "bibliography": "参考文献条目",
        "code": "代码或配置",
        "document": "其他文档",
        "unseen": "未能查看",
        "install": "运行本页的程序，需要先在仓库副本里安装软件包：",
    },
    "en": {
        "output": "Output",
        "download": "Download",
        "wrong": "Wrong version",
        "docstring": "The rest of the docstring",
        "provenance": "Where the numbers of this page come from",
        "formula": "Formula",
        "sightings": "Where the sources of this page were seen",
        "sighting": "{kind}, {place} ({day})",
        "x": "Horizontal axis: ",
        "y": "Vertical axis: ",
        "and": "; ",
        "paper": "paper",
        "abstract": "abstract",
        "bibliography": "entry in a bibliography",
        "code": "program or configuration",
        "document": "other document",
        "unseen": "not seen",
        "install": (
            "To run the programs of this page, install the package in a copy of the repository: "
        ),
    },
}


def labels_of(language: str) -> dict[str, str]:
    """Return the words of a language; English ones, if the press does not speak it."""
    return LABELS.get(language, LABELS["en"])
