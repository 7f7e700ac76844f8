"""Places where providers have regions, and how regions are written."""

from collections.abc import Mapping

from neuralnav.draft.rules.patterns import Pattern

WRITTEN = Pattern(
    r"(?<![a-z0-9-])(?:"
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:central|north|south|east|west|northeast|southeast|northwest"
    r"|southwest)-[0-9]"
    r"|(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-(?:central|north|south|east|west|northeast"
    r"|southeast"
    r"|southwest|northwest)[0-9]{1,2}"
    r"|(?:eu|us|ap|uk|ca|sa|me)-(?:frankfurt|zurich|amsterdam|london|paris|milan|madrid|stockholm|marseille|ashburn"
    r"|phoenix"
    r"|sanjose|chicago|tokyo|osaka|seoul|mumbai|hyderabad|singapore|sydney|melbourne|toronto|montreal|saopaulo|dubai"
    r"|jeddah)-[0-9]"
    r"|(?:west|north)europe|(?:east|west|central|northcentral|southcentral|westcentral)us[23]?|germany(?:westcentral"
    r"|north)"
    r"|sweden(?:central|south)|france(?:central|south)|uk(?:south|west)|switzerland(?:north|west)|norway(?:east|west)"
    r"|italynorth|polandcentral|spaincentral|japan(?:east|west)|southeastasia|eastasia|australia(?:east|southeast"
    r"|central)"
    r"|(?:central|south|west)india|korea(?:central|south)|canada(?:central|east)|brazilsouth|uaenorth"
    r")(?P<zone>-?[a-f])?(?![a-z0-9-])",
    (
        "eu-",
        "us-",
        "ap-",
        "europe",
        "asia",
        "westus",
        "eastus",
        "centralus",
        "australia",
        "america",
        "uk",
        "ca-",
        "sa-",
        "me-",
        "af-",
        "africa",
        "il-",
        "mx-",
        "cn-",
        "japan",
        "korea",
        "france",
        "germany",
        "sweden",
        "norway",
        "switz",
        "italyn",
        "poland",
        "spainc",
        "india",
        "canada",
        "brazils",
        "uaen",
    ),
)
"""Regions of AWS, Google Cloud, Oracle and Azure as they spell them, a zone's letter behind."""

_AWS, _GCP, _AZURE, _OCI = "aws", "gcp", "azure", "oci"

AZURE_NAMES = (
    "west europe", "north europe", "east us", "east us 2", "west us", "west us 2", "west us 3", "central us",
    "south central us", "north central us", "west central us", "sweden central", "germany west central",
    "france central", "uk south", "uk west", "switzerland north", "italy north", "poland central", "spain central",
    "norway east", "japan east", "japan west", "australia east", "australia southeast", "southeast asia", "east asia",
    "canada central", "canada east", "brazil south", "korea central", "central india", "south india", "uae north",
    "south africa north",
)  # fmt: skip
"""Regions of Azure as its portal shows them; their ids are the same without spaces."""

CITIES: Mapping[str, Mapping[str, str]] = {
    "frankfurt": {_AWS: "eu-central-1", _GCP: "europe-west3", _AZURE: "germanywestcentral", _OCI: "eu-frankfurt-1"},
    "berlin": {_GCP: "europe-west10"},
    "dublin": {_AWS: "eu-west-1", _AZURE: "northeurope"},
    "london": {_AWS: "eu-west-2", _GCP: "europe-west2", _AZURE: "uksouth", _OCI: "uk-london-1"},
    "paris": {_AWS: "eu-west-3", _GCP: "europe-west9", _AZURE: "francecentral", _OCI: "eu-paris-1"},
    "stockholm": {_AWS: "eu-north-1", _AZURE: "swedencentral", _OCI: "eu-stockholm-1"},
    "zurich": {_AWS: "eu-central-2", _GCP: "europe-west6", _AZURE: "switzerlandnorth", _OCI: "eu-zurich-1"},
    "milan": {_AWS: "eu-south-1", _GCP: "europe-west8", _AZURE: "italynorth", _OCI: "eu-milan-1"},
    "madrid": {_GCP: "europe-southwest1", _AZURE: "spaincentral", _OCI: "eu-madrid-1"},
    "amsterdam": {_AZURE: "westeurope", _OCI: "eu-amsterdam-1", _GCP: "europe-west4"},
    "warsaw": {_GCP: "europe-central2", _AZURE: "polandcentral"},
    "virginia": {_AWS: "us-east-1", _GCP: "us-east4", _AZURE: "eastus"},
    "ashburn": {_OCI: "us-ashburn-1", _AWS: "us-east-1", _GCP: "us-east4"},
    "ohio": {_AWS: "us-east-2", _GCP: "us-east5"},
    "oregon": {_AWS: "us-west-2", _GCP: "us-west1"},
    "california": {_AWS: "us-west-1", _AZURE: "westus"},
    "iowa": {_GCP: "us-central1", _AZURE: "centralus"},
    "tokyo": {_AWS: "ap-northeast-1", _GCP: "asia-northeast1", _AZURE: "japaneast", _OCI: "ap-tokyo-1"},
    "osaka": {_AWS: "ap-northeast-3", _GCP: "asia-northeast2", _AZURE: "japanwest", _OCI: "ap-osaka-1"},
    "singapore": {_AWS: "ap-southeast-1", _GCP: "asia-southeast1", _AZURE: "southeastasia", _OCI: "ap-singapore-1"},
    "sydney": {_AWS: "ap-southeast-2", _GCP: "australia-southeast1", _AZURE: "australiaeast", _OCI: "ap-sydney-1"},
    "mumbai": {_AWS: "ap-south-1", _GCP: "asia-south1", _OCI: "ap-mumbai-1"},
    "seoul": {_AWS: "ap-northeast-2", _GCP: "asia-northeast3", _AZURE: "koreacentral", _OCI: "ap-seoul-1"},
    "sao paulo": {_AWS: "sa-east-1", _GCP: "southamerica-east1", _AZURE: "brazilsouth", _OCI: "sa-saopaulo-1"},
    "montreal": {_AWS: "ca-central-1", _GCP: "northamerica-northeast1", _OCI: "ca-montreal-1"},
    "toronto": {_GCP: "northamerica-northeast2", _AZURE: "canadacentral", _OCI: "ca-toronto-1"},
    "hong kong": {_AWS: "ap-east-1", _GCP: "asia-east2", _AZURE: "eastasia"},
}  # fmt: skip
"""Cities, and states of the USA, by the region that each provider has there."""

SAME: Mapping[str, str] = {
    "francfort": "frankfurt", "フランクフルト": "frankfurt", "法兰克福": "frankfurt", "londres": "london",
    "zurich region": "zurich",
    "irland": "dublin", "ireland": "dublin", "irlande": "dublin", "irlanda": "dublin", "アイルランド": "dublin",
    "爱尔兰": "dublin",
    "north virginia": "virginia", "n. virginia": "virginia", "northern virginia": "virginia", "東京": "tokyo",
    "东京": "tokyo",
    "大阪": "osaka", "シンガポール": "singapore", "新加坡": "singapore", "首尔": "seoul", "ソウル": "seoul",
    "悉尼": "sydney",
    "シドニー": "sydney", "香港": "hong kong", "巴黎": "paris", "パリ": "paris", "伦敦": "london", "ロンドン": "london",
    "germany": "frankfurt", "deutschland": "frankfurt", "allemagne": "frankfurt", "alemania": "frankfurt",
    "ドイツ": "frankfurt",
    "德国": "frankfurt", "switzerland": "zurich", "schweiz": "zurich", "suisse": "zurich", "suiza": "zurich",
    "france": "paris",
    "frankreich": "paris", "francia": "paris", "sweden": "stockholm", "schweden": "stockholm", "italy": "milan",
    "italien": "milan",
    "poland": "warsaw", "japan": "tokyo", "日本": "tokyo", "korea": "seoul", "uk": "london", "united kingdom": "london",
    "espana": "madrid", "spain": "madrid", "spanien": "madrid", "netherlands": "amsterdam", "niederlande": "amsterdam",
    "munchen": "munich", "canada": "montreal", "kanada": "montreal", "brazil": "sao paulo", "india": "mumbai",
}  # fmt: skip
"""Other names of these places, and countries by the city whose region serves them."""

COUNTRIES = frozenset(
    ("germany", "deutschland", "allemagne", "alemania", "ドイツ", "德国", "switzerland", "schweiz", "suisse",
    "suiza", "france",
     "frankreich", "francia", "sweden", "schweden", "italy", "italien", "poland", "japan", "日本", "korea", "uk",
     "united kingdom", "espana", "spain", "spanien", "netherlands", "niederlande", "canada", "kanada", "brazil",
     "india",
     "ireland", "irland", "irlande", "irlanda")
)  # fmt: skip
