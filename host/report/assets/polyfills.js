// For the engine inside the program, which knows ECMAScript 5: what the figures use beyond it. The compiler of the scripts
// lowers syntax alone. Not part of the page.
'use strict';
(function(global) {
  function define(target, functions) {
    Object.keys(functions).forEach(function(name) {
      if (!target[name]) Object.defineProperty(target, name, {value: functions[name], writable: true, configurable: true, enumerable: false});
    });
  }
  function flatten(list, depth, out) {
    list.forEach(function(x) {
      if (Array.isArray(x) && depth > 0)
        flatten(x, depth - 1, out);
      else
        out.push(x);
    });
    return out;
  }
  define(Array, {
    from: function(source, map) {
      var out = [];
      for (var i = 0; i < (source.length || 0); ++i) out.push(map ? map(source[i], i) : source[i]);
      return out;
    },
    of: function() {
      return Array.prototype.slice.call(arguments);
    }
  });
  define(Array.prototype, {
    find: function(test) {
      for (var i = 0; i < this.length; ++i) if (test(this[i], i, this)) return this[i];
      return undefined;
    },
    findIndex: function(test) {
      for (var i = 0; i < this.length; ++i) if (test(this[i], i, this)) return i;
      return -1;
    },
    includes: function(value) {
      return this.some(function(x) {
        return x === value || (x !== x && value !== value);
      });
    },
    fill: function(value) {
      for (var i = 0; i < this.length; ++i) this[i] = value;
      return this;
    },
    flat: function(depth) {
      return flatten(this, depth === undefined ? 1 : depth, []);
    },
    flatMap: function(map) {
      return flatten(this.map(map), 1, []);
    }
  });
  define(Object, {
    assign: function(target) {
      Array.prototype.slice.call(arguments, 1).forEach(function(source) {
        Object.keys(source || {}).forEach(function(key) {
          target[key] = source[key];
        });
      });
      return target;
    },
    entries: function(object) {
      return Object.keys(object).map(function(key) {
        return [key, object[key]];
      });
    },
    values: function(object) {
      return Object.keys(object).map(function(key) {
        return object[key];
      });
    },
    fromEntries: function(entries) {
      var out = {};
      entries.forEach(function(entry) {
        out[entry[0]] = entry[1];
      });
      return out;
    }
  });
  define(String.prototype, {
    includes: function(part, from) {
      return this.indexOf(part, from || 0) >= 0;
    },
    startsWith: function(part, from) {
      return this.substr(from || 0, part.length) === part;
    },
    endsWith: function(part) {
      return this.length >= part.length && this.substr(this.length - part.length) === part;
    },
    repeat: function(count) {
      return new Array(count + 1).join(this);
    },
    trimStart: function() {
      return this.replace(/^\s+/, '');
    },
    trimEnd: function() {
      return this.replace(/\s+$/, '');
    }
  });
  define(Number, {
    isFinite: function(x) {
      return typeof x === 'number' && isFinite(x);
    },
    isInteger: function(x) {
      return typeof x === 'number' && isFinite(x) && Math.floor(x) === x;
    },
    isNaN: function(x) {
      return x !== x;
    }
  });
  define(Math, {
    log10: function(x) {
      return Math.log(x) / Math.LN10;
    },
    log2: function(x) {
      return Math.log(x) / Math.LN2;
    },
    sign: function(x) {
      return x > 0 ? 1 : x < 0 ? -1 : x;
    },
    trunc: function(x) {
      return x < 0 ? Math.ceil(x) : Math.floor(x);
    },
    sinh: function(x) {
      return (Math.exp(x) - Math.exp(-x)) / 2;
    },
    hypot: function() {
      return Math.sqrt(Array.prototype.reduce.call(arguments, function(sum, x) {
        return sum + x * x;
      }, 0));
    }
  });
  // The engine's own sorting does not keep the order of equals, and takes its pivots by chance: merging does, as in browsers.
  function merged(a, b, compare) {
    var out = [], i = 0, j = 0;
    while (i < a.length && j < b.length) out.push(compare(b[j], a[i]) < 0 ? b[j++] : a[i++]);
    return out.concat(a.slice(i), b.slice(j));
  }
  function sorted(list, compare) {
    if (list.length < 2) return list;
    var half = list.length >> 1;
    return merged(sorted(list.slice(0, half), compare), sorted(list.slice(half), compare), compare);
  }
  Object.defineProperty(Array.prototype, 'sort', {
    value: function(compare) {
      var order = compare || function(a, b) {
        return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
      };
      var list = sorted(this.slice(), order);
      for (var i = 0; i < list.length; ++i) this[i] = list[i];
      return this;
    },
    writable: true,
    configurable: true
  });
  // Keys are texts and numbers, in the order in which they came. Lowered code takes what it spreads and loops over for lists, so these
  // are lists, too: of values, or of pairs of key and value.
  function placed(key) {
    return typeof key + key;
  }
  function collection(isMap) {
    function Made(entries) {
      Object.defineProperty(this, 'places', {value: {}});
      Object.defineProperty(this, 'length', {value: 0, writable: true});
      Array.from(entries || []).forEach(function(entry) {
        if (isMap)
          this.set(entry[0], entry[1]);
        else
          this.add(entry);
      }, this);
    }
    var all = Array.prototype.slice;
    Made.prototype = {
      has: function(key) {
        return Object.prototype.hasOwnProperty.call(this.places, placed(key));
      },
      get: function(key) {
        return this.has(key) ? this[this.places[placed(key)]][1] : undefined;
      },
      set: function(key, value) {
        if (!this.has(key)) {
          this.places[placed(key)] = this.length;
          this.length += 1;
        }
        this[this.places[placed(key)]] = [key, value];
        return this;
      },
      add: function(key) {
        if (this.has(key)) return this;
        this.places[placed(key)] = this.length;
        this[this.length] = key;
        this.length += 1;
        return this;
      },
      forEach: function(visit) {
        all.call(this).forEach(function(entry) {
          visit(isMap ? entry[1] : entry, isMap ? entry[0] : entry);
        });
      },
      keys: function() {
        return all.call(this).map(function(entry) {
          return isMap ? entry[0] : entry;
        });
      },
      values: function() {
        return all.call(this).map(function(entry) {
          return isMap ? entry[1] : entry;
        });
      }
    };
    Object.defineProperty(Made.prototype, 'size', {
      get: function() {
        return this.length;
      }
    });
    return Made;
  }
  // Also where the engine has its own: lowered code spreads them as lists.
  global.Set = collection(false);
  global.Map = collection(true);
})(this);
