"""The local control socket: how somebody on the spot asks the running machine for something.

Line-delimited JSON over a UNIX stream socket: `{"v":1,"command":"stock","args":{"slot":1,"count":7}}`, and a
`Reply` a line until one is final.  The commands are those of MQTT and `kiosk.commands.LOCAL`; the kernel says
who asks.  `Server` is the thread that listens, `Control` belongs to the thread that decides, `calling.Call`
is the command line's end.
"""

from kiosk.control.answering import Control
from kiosk.control.asking import STATUS, Asked
from kiosk.control.server import NoServer, Server
from kiosk.control.standing import Standing, faults_in_words

__all__ = ["STATUS", "Asked", "Control", "NoServer", "Server", "Standing", "faults_in_words"]
