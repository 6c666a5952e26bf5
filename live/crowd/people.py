"""Who the crowd is: made-up names and addresses from all over the country, and what they say.

Everything is invented; nobody here exists. Deterministic by number, so that a repeated request
carries the same bytes.
"""

from functools import lru_cache

import msgspec

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = (
    "安",
    "晓雨",
    "子墨",
    "佳怡",
    "海燕",
    "文博",
    "思远",
    "雨桐",
    "建国",
    "玉兰",
    "小满",
    "春生",
)
# Province code (GB/T 2260) and a made-up street of its capital.
_PLACES = (
    ("110000", "北京市海淀区田园路"),
    ("120000", "天津市南开区丰收道"),
    ("130000", "石家庄市裕华区青禾街"),
    ("140000", "太原市小店区麦香路"),
    ("210000", "沈阳市浑南区谷雨街"),
    ("220000", "长春市朝阳区稻花路"),
    ("230000", "哈尔滨市道里区雪松街"),
    ("310000", "上海市徐汇区梧桐里"),
    ("320000", "南京市建邺区莲藕巷"),
    ("330000", "杭州市西湖区茶园路"),
    ("340000", "合肥市蜀山区油菜花路"),
    ("350000", "福州市鼓楼区荔枝巷"),
    ("360000", "南昌市东湖区橘子路"),
    ("370000", "济南市历下区苹果园街"),
    ("410000", "郑州市金水区麦浪路"),
    ("420000", "武汉市武昌区莲湖路"),
    ("430000", "长沙市岳麓区橘洲路"),
    ("440000", "广州市天河区菠萝街"),
    ("450000", "南宁市青秀区芒果路"),
    ("460000", "海口市龙华区椰风路"),
    ("500000", "重庆市渝中区花椒巷"),
    ("510000", "成都市青羊区竹笋街"),
    ("520000", "贵阳市云岩区刺梨路"),
    ("530000", "昆明市盘龙区鲜花街"),
    ("610000", "西安市雁塔区石榴路"),
    ("620000", "兰州市城关区百合路"),
)
FIRST_PHONE = 13_100_000_000  # buyers' phones count up from here; a range given to nobody real

CHAT_LINES = (
    "来了来了",
    "菠萝看着好甜",
    "徐闻的菠萝一直很好吃",
    "已下单，等收货",
    "县长辛苦了",
    "这片菠萝地好大，像海一样",
    "能发到东北吗？",
    "给爸妈也买一箱",
    "菠萝炒饭看饿了",
    "手慢了没抢到……",
    "还会补货吗？",
    "支持助农",
    "去年买过，汁水很足",
    "要泡盐水吗？",
    "价格实在",
    "坐标武汉，谢谢大家",
    "抢到了！",
    "三斤装一个人吃刚好",
    "九斤装分给同事",
    "现摘现发太好了",
    "主播再削一个看看",
    "一箱大概几个？",
    "农民伯伯不容易",
    "分享给朋友了",
)


@lru_cache(maxsize=4096)
def ship_to_json(buyer: int) -> str:
    """The JSON of where this buyer's box goes."""
    province_code, street = _PLACES[buyer % len(_PLACES)]
    return msgspec.json.encode(
        {
            "name": person_name(buyer),
            "phone": str(FIRST_PHONE + buyer),
            "province_code": province_code,
            "address": f"{street}{buyer % 900 + 1}号{buyer % 30 + 1}栋",
        }
    ).decode()


def person_name(buyer: int) -> str:
    """A made-up name; the same number, the same name."""
    return _SURNAMES[buyer % len(_SURNAMES)] + _GIVEN[buyer // len(_SURNAMES) % len(_GIVEN)]
