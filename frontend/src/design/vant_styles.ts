/**
 * Vant's styles, file by file: its own `style` entries bring an icon font of 30 KB along, and
 * these pages draw their own icons. `vant.css` must come after.
 */
import 'vant/es/style/base.css'
import 'vant/es/overlay/index.css'
import 'vant/es/popup/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/button/index.css'
import 'vant/es/dialog/index.css'
import 'vant/es/pull-refresh/index.css'
