/* The compiled twin of fast.py: the same answers on every input, which tests/unit/snmp proves, and the two
 * system calls that take many datagrams at once. Holds no state but a receive buffer.
 *
 * Bytes are never trusted: each index is compared with the datagram's end before it is read.
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { INTEGER = 0x02, OCTET_STRING = 0x04, SEQUENCE = 0x30, RESPONSE = 0xA2 };
enum { COUNTER32 = 0x41, GAUGE32 = 0x42, TIME_TICKS = 0x43, COUNTER64 = 0x46 };
enum { NOT_PLAIN = -1, ID_OCTETS = 4, SHORT = 128, MAX_MESSAGE = 65535 };
enum { V2C = 1, BATCH = 64 };

static const uint8_t NO_ERROR_THEN_LIST[7] = {2, 1, 0, 2, 1, 0, 0x30};

/* Content start of the length at *at, its size in *span; 0 if it is cut off. As fast._plain_length. */
static int plain_length(const uint8_t *data, Py_ssize_t size, Py_ssize_t *at, Py_ssize_t *span) {
    if (*at >= size)
        return 0;
    uint8_t first = data[*at];
    if (first < SHORT) {
        *span = first;
        *at += 1;
    } else if (first == 0x82) {
        if (*at + 2 >= size)
            return 0;
        *span = (Py_ssize_t)data[*at + 1] << 8 | data[*at + 2];
        *at += 3;
    } else if (first == 0x81) {
        if (*at + 1 >= size)
            return 0;
        *span = data[*at + 1];
        *at += 2;
    } else {
        *span = MAX_MESSAGE + 1;
    }
    return 1;
}

static Py_ssize_t locate_in(const uint8_t *data, Py_ssize_t size) {
    Py_ssize_t at = 1, span = 0;
    if (size < 1 || data[0] != SEQUENCE || !plain_length(data, size, &at, &span) || at + span != size)
        return NOT_PLAIN;
    if (at + 4 >= size || data[at] != INTEGER || data[at + 1] != 1 || data[at + 2] > V2C || data[at + 3] != OCTET_STRING)
        return NOT_PLAIN;
    uint8_t community = data[at + 4];
    at += 5 + community;
    if (community >= SHORT || at >= size || data[at] != RESPONSE)
        return NOT_PLAIN;
    at += 1;
    if (!plain_length(data, size, &at, &span) || at + span != size)
        return NOT_PLAIN;
    if (at + 2 + ID_OCTETS > size || data[at] != INTEGER || data[at + 1] != ID_OCTETS)
        return NOT_PLAIN;
    return at + 2;
}

static PyObject *locate(PyObject *module, PyObject *arg) {
    (void)module;
    if (!PyBytes_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "bytes are wanted");
        return NULL;
    }
    return PyLong_FromSsize_t(locate_in((const uint8_t *)PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg)));
}

/* A number's content as a Python int, or NULL without an exception if it is not plain. */
static PyObject *number(uint8_t tag, const uint8_t *content, Py_ssize_t octets) {
    Py_ssize_t width;
    switch (tag) {
    case COUNTER32:
    case GAUGE32:
    case TIME_TICKS:
        width = 4;
        break;
    case COUNTER64:
        width = 8;
        break;
    case INTEGER: {
        if (octets > 4)
            return NULL;
        int64_t value = (int8_t)content[0];
        for (Py_ssize_t k = 1; k < octets; k++)
            value = value * 256 + content[k];
        return PyLong_FromLongLong(value);
    }
    default:
        return NULL;
    }
    if (octets != width && !(octets < width && content[0] < SHORT) && !(octets == width + 1 && content[0] == 0))
        return NULL;
    uint64_t value = 0;
    for (Py_ssize_t k = 0; k < octets; k++)
        value = value << 8 | content[k];
    return PyLong_FromUnsignedLongLong(value);
}

static PyObject *row_in(const uint8_t *data, Py_ssize_t size, Py_ssize_t at, PyObject *asked) {
    Py_ssize_t span = 0;
    Py_ssize_t wanted = PyTuple_GET_SIZE(asked);
    if (at < 0 || at > size - ID_OCTETS - (Py_ssize_t)sizeof NO_ERROR_THEN_LIST ||
        memcmp(data + at + ID_OCTETS, NO_ERROR_THEN_LIST, sizeof NO_ERROR_THEN_LIST))
        Py_RETURN_NONE;
    at += ID_OCTETS + sizeof NO_ERROR_THEN_LIST;
    if (!plain_length(data, size, &at, &span) || at + span != size)
        Py_RETURN_NONE;
    PyObject *values = PyList_New(wanted);
    if (values == NULL)
        return NULL;
    for (Py_ssize_t n = 0; n < wanted; n++) {
        PyObject *oid = PyTuple_GET_ITEM(asked, n);
        if (!PyBytes_Check(oid)) {
            Py_DECREF(values);
            PyErr_SetString(PyExc_TypeError, "OIDs are wanted as bytes");
            return NULL;
        }
        if (at + 1 >= size || data[at] != SEQUENCE || data[at + 1] >= SHORT)
            goto not_plain;
        Py_ssize_t start = at + 2, length = PyBytes_GET_SIZE(oid), tag_at = start + length;
        at = start + data[at + 1];
        if (at > size || tag_at + 2 >= at || data[tag_at + 1] != at - tag_at - 2 ||
            memcmp(data + start, PyBytes_AS_STRING(oid), length))
            goto not_plain;
        PyObject *value = number(data[tag_at], data + tag_at + 2, at - tag_at - 2);
        if (value == NULL) {
            if (!PyErr_Occurred())
                goto not_plain;
            Py_DECREF(values);
            return NULL;
        }
        PyList_SET_ITEM(values, n, value);
    }
    if (at == size)
        return values;
not_plain:
    Py_DECREF(values);
    Py_RETURN_NONE;
}

static PyObject *read_row(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 3 || !PyBytes_Check(args[0]) || !PyLong_Check(args[1]) || !PyTuple_Check(args[2]))
        return PyErr_Format(PyExc_TypeError, "read_row(bytes, int, tuple of bytes) is wanted");
    Py_ssize_t at = PyLong_AsSsize_t(args[1]);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    return row_in((const uint8_t *)PyBytes_AS_STRING(args[0]), PyBytes_GET_SIZE(args[0]), at, args[2]);
}

static PyObject *s_address, *s_template, *s_opening, *s_asked, *s_plain; /* attribute names */

/* One datagram against the open questions: 1 and a new reference in *values if it is a plain answer to *exchange
 * (borrowed), 0 if it is not, -1 with an exception. */
static int match(PyObject *data, PyObject *source, PyObject *pending, PyObject **exchange, PyObject **id,
                 PyObject **values) {
    const uint8_t *octets = (const uint8_t *)PyBytes_AS_STRING(data);
    Py_ssize_t size = PyBytes_GET_SIZE(data), at = locate_in(octets, size);
    if (at < 0)
        return 0;
    int outcome = -1;
    PyObject *address = NULL, *template = NULL, *opening = NULL, *asked = NULL, *plain = NULL;
    *id = PyBytes_FromStringAndSize((const char *)octets + at, ID_OCTETS);
    if (*id == NULL)
        return -1;
    *exchange = PyDict_GetItemWithError(pending, *id);
    if (*exchange == NULL) {
        outcome = PyErr_Occurred() ? -1 : 0;
        goto end;
    }
    Py_INCREF(*exchange);
    if ((address = PyObject_GetAttr(*exchange, s_address)) == NULL ||
        (template = PyObject_GetAttr(*exchange, s_template)) == NULL ||
        (plain = PyObject_GetAttr(*exchange, s_plain)) == NULL ||
        (opening = PyObject_GetAttr(template, s_opening)) == NULL ||
        (asked = PyObject_GetAttr(template, s_asked)) == NULL)
        goto end;
    if (!PyBytes_Check(opening) || !PyTuple_Check(asked)) {
        PyErr_SetString(PyExc_TypeError, "a template holds bytes and a tuple");
        goto end;
    }
    int same = PyObject_RichCompareBool(address, source, Py_EQ);
    int wants = same > 0 ? PyObject_IsTrue(plain) : same;
    if (wants <= 0) {
        outcome = wants;
        goto end;
    }
    Py_ssize_t begin = octets[1] < SHORT ? 2 : octets[1] - 126, length = PyBytes_GET_SIZE(opening);
    outcome = 0;
    if (begin + length > size || memcmp(octets + begin, PyBytes_AS_STRING(opening), length))
        goto end;
    *values = row_in(octets, size, at, asked);
    if (*values == NULL)
        outcome = -1;
    else if (*values == Py_None)
        Py_CLEAR(*values);
    else
        outcome = 1;
end:
    if (outcome != 1) {
        Py_CLEAR(*id);
        Py_CLEAR(*exchange);
    }
    Py_XDECREF(address);
    Py_XDECREF(template);
    Py_XDECREF(plain);
    Py_XDECREF(opening);
    Py_XDECREF(asked);
    return outcome;
}

static int append_pair(PyObject *list, PyObject *first, PyObject *second) {
    PyObject *pair = PyTuple_Pack(2, first, second);
    int failed = pair == NULL || PyList_Append(list, pair);
    Py_XDECREF(pair);
    return failed ? -1 : 0;
}

/* sift(datagrams, pending, past): see fast.sift. */
static PyObject *sift(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 3 || !PyList_Check(args[0]) || !PyDict_Check(args[1]) || !PyDict_Check(args[2]))
        return PyErr_Format(PyExc_TypeError, "sift(list, dict, dict) is wanted");
    PyObject *plain = PyList_New(0), *odd = PyList_New(0), *found = NULL;
    if (plain == NULL || odd == NULL)
        goto end;
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(args[0]); n++) {
        PyObject *datagram = PyList_GET_ITEM(args[0], n), *exchange = NULL, *id = NULL, *values = NULL;
        if (!PyTuple_Check(datagram) || PyTuple_GET_SIZE(datagram) != 2 ||
            !PyBytes_Check(PyTuple_GET_ITEM(datagram, 0))) {
            PyErr_SetString(PyExc_TypeError, "pairs of bytes and address are wanted");
            goto end;
        }
        int matched = match(PyTuple_GET_ITEM(datagram, 0), PyTuple_GET_ITEM(datagram, 1), args[1], &exchange, &id,
                            &values);
        int failed = matched < 0;
        if (matched == 1)
            failed = append_pair(plain, exchange, values) || PyDict_DelItem(args[1], id) ||
                     PyDict_SetItem(args[2], id, Py_True);
        else if (matched == 0)
            failed = PyList_Append(odd, datagram);
        Py_XDECREF(exchange);
        Py_XDECREF(id);
        Py_XDECREF(values);
        if (failed)
            goto end;
    }
    found = PyTuple_Pack(2, plain, odd);
end:
    Py_XDECREF(plain);
    Py_XDECREF(odd);
    return found;
}

/* pairs(kind, heads, columns, values): see fast.pairs. */
static PyObject *pairs(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 4 || !PyType_Check(args[0]) || !PyTuple_Check(args[1]) || !PyTuple_Check(args[2]) ||
        !PyList_Check(args[3]) || !PyType_IsSubtype((PyTypeObject *)args[0], &PyTuple_Type))
        return PyErr_Format(PyExc_TypeError, "pairs(tuple type, tuple, tuple, list) is wanted");
    PyTypeObject *kind = (PyTypeObject *)args[0];
    Py_ssize_t total = PyTuple_GET_SIZE(args[1]), have = PyList_GET_SIZE(args[3]);
    if (PyTuple_GET_SIZE(args[2]) != total)
        return PyErr_Format(PyExc_ValueError, "as many columns as heads are wanted");
    PyObject *made = PyTuple_New(total);
    for (Py_ssize_t n = 0; made != NULL && n < total; n++) {
        PyObject *entry = PyTuple_GET_ITEM(args[2], n);
        PyObject *places = PyTuple_Check(entry) && PyTuple_GET_SIZE(entry) == 2 ? PyTuple_GET_ITEM(entry, 1) : NULL;
        if (places == NULL || !PyTuple_Check(places)) {
            PyErr_SetString(PyExc_TypeError, "columns of pick and places are wanted");
            Py_CLEAR(made);
            break;
        }
        Py_ssize_t size = PyTuple_GET_SIZE(places);
        PyObject *column = PyTuple_New(size), *pair = column ? kind->tp_alloc(kind, 2) : NULL;
        for (Py_ssize_t k = 0; pair != NULL && k < size; k++) {
            Py_ssize_t place = PyLong_AsSsize_t(PyTuple_GET_ITEM(places, k));
            if (place < 0 || place >= have) {
                if (!PyErr_Occurred())
                    PyErr_SetString(PyExc_IndexError, "list index out of range");
                Py_CLEAR(pair);
                break;
            }
            PyObject *value = PyList_GET_ITEM(args[3], place);
            Py_INCREF(value);
            PyTuple_SET_ITEM(column, k, value);
        }
        if (pair == NULL) {
            Py_XDECREF(column);
            Py_CLEAR(made);
            break;
        }
        PyObject *head = PyTuple_GET_ITEM(args[1], n);
        Py_INCREF(head);
        PyTuple_SET_ITEM(pair, 0, head);
        PyTuple_SET_ITEM(pair, 1, column);
        PyTuple_SET_ITEM(made, n, pair);
    }
    return made;
}

/* An address as the socket module spells it, or NULL with an exception. */
static PyObject *address_of(const struct sockaddr_storage *from) {
    char text[INET6_ADDRSTRLEN];
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
        if (inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text) == NULL)
            return PyErr_SetFromErrno(PyExc_OSError);
        return Py_BuildValue("(si)", text, (int)ntohs(v4->sin_port));
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    if (from->ss_family != AF_INET6 || inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text) == NULL) {
        PyErr_SetString(PyExc_OSError, "a datagram of another address family");
        return NULL;
    }
    return Py_BuildValue("(siII)", text, (int)ntohs(v6->sin6_port), (unsigned)ntohl(v6->sin6_flowinfo),
                         (unsigned)v6->sin6_scope_id);
}

static uint8_t *received; /* BATCH datagrams of any size, allocated once; only their filled pages cost memory */

/* receive(fd, limit): up to limit datagrams that wait, as (bytes, address); fewer means that the socket is empty. */
static PyObject *receive(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "receive(fd, limit) is wanted");
    int fd = (int)PyLong_AsLong(args[0]), limit = (int)PyLong_AsLong(args[1]);
    if (PyErr_Occurred())
        return NULL;
    if (received == NULL && (received = PyMem_RawMalloc((size_t)BATCH * MAX_MESSAGE)) == NULL)
        return PyErr_NoMemory();
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage from[BATCH];
    PyObject *found = PyList_New(0);
    while (found != NULL && limit > 0) {
        int wanted = limit < BATCH ? limit : BATCH;
        for (int k = 0; k < wanted; k++) {
            parts[k] = (struct iovec){received + (size_t)k * MAX_MESSAGE, MAX_MESSAGE};
            messages[k].msg_hdr = (struct msghdr){
                .msg_name = &from[k], .msg_namelen = sizeof from[k], .msg_iov = &parts[k], .msg_iovlen = 1};
        }
        int got = recvmmsg(fd, messages, (unsigned)wanted, MSG_DONTWAIT, NULL);
        if (got < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || PyList_GET_SIZE(found))
                break;
            Py_DECREF(found);
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        for (int k = 0; k < got; k++) {
            PyObject *address = address_of(&from[k]);
            PyObject *data = address ? PyBytes_FromStringAndSize(parts[k].iov_base, messages[k].msg_len) : NULL;
            PyObject *pair = data ? PyTuple_Pack(2, data, address) : NULL;
            Py_XDECREF(address);
            Py_XDECREF(data);
            if (pair == NULL || PyList_Append(found, pair)) {
                Py_XDECREF(pair);
                Py_CLEAR(found);
                return NULL;
            }
            Py_DECREF(pair);
        }
        limit -= got;
        if (got < wanted)
            break;
    }
    return found;
}

/* Fills the socket address of (host, port[, flow, scope]); its length, or 0 with an exception. */
static socklen_t fill_address(PyObject *address, struct sockaddr_storage *to) {
    const char *host;
    unsigned port, flow = 0, scope = 0;
    if (!PyTuple_Check(address) || !PyArg_ParseTuple(address, "sI|II", &host, &port, &flow, &scope))
        return 0;
    memset(to, 0, sizeof *to);
    struct sockaddr_in *v4 = (struct sockaddr_in *)to;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        v6->sin6_flowinfo = htonl(flow);
        v6->sin6_scope_id = scope;
        return sizeof *v6;
    }
    PyErr_SetString(PyExc_OSError, "not an address");
    return 0;
}

/* send(fd, [(bytes, address), ...]): how many were handed over; OSError only if the very first one was refused. */
static PyObject *send_many(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2 || !PyList_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "send(fd, list) is wanted");
    int fd = (int)PyLong_AsLong(args[0]);
    if (PyErr_Occurred())
        return NULL;
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage to[BATCH];
    Py_ssize_t total = PyList_GET_SIZE(args[1]), done = 0;
    while (done < total) {
        int wanted = total - done < BATCH ? (int)(total - done) : BATCH;
        for (int k = 0; k < wanted; k++) {
            PyObject *pair = PyList_GET_ITEM(args[1], done + k);
            if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(pair, 0)))
                return PyErr_Format(PyExc_TypeError, "pairs of bytes and address are wanted");
            PyObject *data = PyTuple_GET_ITEM(pair, 0);
            socklen_t length = fill_address(PyTuple_GET_ITEM(pair, 1), &to[k]);
            if (length == 0)
                return NULL;
            parts[k] = (struct iovec){PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data)};
            messages[k].msg_hdr =
                (struct msghdr){.msg_name = &to[k], .msg_namelen = length, .msg_iov = &parts[k], .msg_iovlen = 1};
        }
        int sent = sendmmsg(fd, messages, (unsigned)wanted, MSG_DONTWAIT);
        if (sent < 0) {
            if (done || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
                break;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        done += sent;
        if (sent < wanted)
            break;
    }
    return PyLong_FromSsize_t(done);
}

static PyMethodDef METHODS[] = {
    {"locate", locate, METH_O, "Where the request-id of a plain response begins, or -1."},
    {"read_row", (PyCFunction)(void (*)(void))read_row, METH_FASTCALL,
     "Numbers of a plain response to a GET, or None."},
    {"sift", (PyCFunction)(void (*)(void))sift, METH_FASTCALL, "Plain answers to open questions, and the rest."},
    {"pairs", (PyCFunction)(void (*)(void))pairs, METH_FASTCALL, "Columns taken out of one list of values."},
    {"receive", (PyCFunction)(void (*)(void))receive, METH_FASTCALL, "Datagrams that wait on a socket."},
    {"send", (PyCFunction)(void (*)(void))send_many, METH_FASTCALL, "Hand datagrams to a socket."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_speedups", "The compiled twin of fast.py.", 0, METHODS, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__speedups(void) {
    if ((s_address = PyUnicode_InternFromString("address")) == NULL ||
        (s_template = PyUnicode_InternFromString("template")) == NULL ||
        (s_opening = PyUnicode_InternFromString("opening")) == NULL ||
        (s_asked = PyUnicode_InternFromString("asked")) == NULL ||
        (s_plain = PyUnicode_InternFromString("plain")) == NULL)
        return NULL;
    return PyModule_Create(&MODULE);
}
