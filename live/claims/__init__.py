"""Bad fruit is paid for (坏果包赔): claims of delivered orders, and what becomes of them."""
